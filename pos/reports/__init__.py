"""Files for people: exports of the journal, statements of issuers."""
