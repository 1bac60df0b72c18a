"""What our mails say and look like: one builder for each kind, one layout for all."""
