#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Waits, at most 20 seconds, until a loopback server answers. usage: wait_for.py URL"""
import sys
import time
import urllib.request

url = sys.argv[1]
for _ in range(200):
    try:
        urllib.request.urlopen(url, timeout=1).read()
        sys.exit(0)
    except OSError:
        time.sleep(0.1)
sys.exit(f"{url} does not answer")
