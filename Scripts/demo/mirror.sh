#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints an apt source line for a suite of the mirror that this machine's own apt uses. usage: mirror.sh SUITE
set -eu
url=$(apt-get indextargets --format '$(REPO_URI)|$(ORIGIN)|$(LABEL)' | awk -F'|' '$2 == "Debian" && $3 == "Debian" { print $1; exit }')
[ -n "$url" ] || { echo "apt knows no Debian mirror here; run apt-get update" >&2; exit 1; }
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $url $1 main"
