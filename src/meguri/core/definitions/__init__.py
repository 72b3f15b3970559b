"""What a user project declares, as frozen values: the SDK builds them, a bundle carries them as JSON, the server reads them."""
