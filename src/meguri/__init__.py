"""meguri: MLOps whose loop closes by itself."""
