"""What is known about families of sites: one file each, declared data before code."""
