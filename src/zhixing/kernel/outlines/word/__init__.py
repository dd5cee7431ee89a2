"""Word documents (.docx): guarded, streamed part by part, numbered as the word processor numbers them."""
