"""One folder for each widget: what a shopper sees."""
