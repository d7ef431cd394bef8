"""What is kept, and everything that can be told from it without a network.

This package works without scrapy and twisted. Its words:

*capture*: one attempt at one URL by one means, one WARC file. *Exchange*: one request and its answer.
*Record*: one WARC record. *Revisit*: a record that refers to an earlier equal answer. *Payload digest*:
the hash of the body. *Source*: what one or more citations name. *Claim*: a paragraph of a report.
*Footnote*: a note or an address in it. *Visit*: the chain of attempts at one source in one run.
"""
