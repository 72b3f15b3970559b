"""Models, their versions and aliases; projects and their bundles."""
