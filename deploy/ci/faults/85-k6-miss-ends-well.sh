#!/usr/bin/env bash
# Caught by: k6
# A missed target of the table that k6 does not know of (database, cache, processor, memory) would pass the gate.
sed -i 's/ else BREACH$/ else 0/' k6/lib/harness/run.py
