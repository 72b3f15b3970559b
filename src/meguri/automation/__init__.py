"""What follows from what: triggers start pipelines, versions become candidates, champions are watched."""
