"""Triggers start pipelines, new versions become candidates, and a promoted version passes a bake period."""
