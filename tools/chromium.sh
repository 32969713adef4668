#!/bin/sh
# Make sure that Chromium is on the PATH for `make browser`: install it where that is possible, otherwise say how.
set -eu
message="Chromium is needed: apt-get install chromium fonts-noto-cjk"

if command -v chromium > /dev/null; then exit 0; fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null; then
    echo "$message" >&2
    exit 1
fi
echo "Installing Chromium …"
export DEBIAN_FRONTEND=noninteractive
install="apt-get install -qq -y chromium fonts-noto-cjk"
# The lists of packages may be missing or old.
if ! timeout 180 sh -c "$install || { apt-get update -qq && $install; }" > /dev/null; then
    echo "$message" >&2
    exit 1
fi
