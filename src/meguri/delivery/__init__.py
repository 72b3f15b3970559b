"""What may go live: promotions, and the gates that judge them."""
