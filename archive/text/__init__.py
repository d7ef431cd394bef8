"""The text of captured pages, taken out in processes of their own."""
