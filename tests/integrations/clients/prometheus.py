"""Reads metrics in the text format from standard input by Prometheus' own parser. Prints the families and their samples, as JSON."""

from __future__ import annotations

import json
import sys

from prometheus_client.parser import text_string_to_metric_families


def main() -> None:
    families = {
        family.name: {
            "type": family.type,
            "help": family.documentation,
            "samples": [[sample.name, sample.labels, sample.value] for sample in family.samples],
        }
        for family in text_string_to_metric_families(sys.stdin.read())
    }
    json.dump(families, sys.stdout)


if __name__ == "__main__":
    main()
