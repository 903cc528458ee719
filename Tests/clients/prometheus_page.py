"""Reads a page of metrics as Prometheus' own client library does; prints the names of its families.

    prometheus_page.py FILE
"""
import sys

from prometheus_client.parser import text_string_to_metric_families

with open(sys.argv[1], encoding="utf-8", newline="") as file:
    text = file.read()
for family in text_string_to_metric_families(text):
    assert family.type in ("counter", "gauge", "histogram"), family
    assert family.documentation, family.name
    assert len({(sample.name, *sorted(sample.labels.items())) for sample in family.samples}) == len(family.samples), family.name
    if family.type == "histogram":
        # Buckets grow, and the last one holds everything.
        series = {}
        for sample in family.samples:
            labels = tuple(sorted(item for item in sample.labels.items() if item[0] != "le"))
            series.setdefault(labels, []).append(sample)
        for samples in series.values():
            buckets = [sample.value for sample in samples if sample.name.endswith("_bucket")]
            count = [sample.value for sample in samples if sample.name.endswith("_count")]
            assert buckets == sorted(buckets) and [buckets[-1]] == count, family.name
    print(family.name)
