#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what building, testing and running Slipway need beyond Swift, gcc and Python: Debian packages only.
# Says nothing and takes no time where all of it is there.
set -eu
packages="libzstd-dev libdeflate-dev zlib1g-dev liblzma-dev libbz2-dev libre2-dev libsqlite3-dev
    dpkg-dev gpgv gnupg runc crun qemu-user-static busybox-static bubblewrap mmdebstrap skopeo umoci podman xz-utils zstd"
missing=""
for package in $packages; do
    case "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" in
        installed) ;;
        *) missing="$missing $package" ;;
    esac
done
[ -z "$missing" ] && exit 0
echo "Installing:$missing" >&2
if [ "$(id -u)" -ne 0 ]; then
    echo "These Debian packages are missing; as root: apt-get install --no-install-recommends$missing" >&2
    exit 1
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
if ! { apt-get update && apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -20 "$log" >&2
    exit 1
fi
