"""Receipt printers: a document goes in, paper comes out, and what really happened is said."""
