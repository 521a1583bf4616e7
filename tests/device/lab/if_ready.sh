#!/bin/sh
# Run a test of the device, or say why it cannot be run here.
#
# usage: if_ready.sh LAB COMMAND...   LAB/skip, when it is there, holds the reason
if [ -e "$1/skip" ]; then
    echo "SKIP: $(cat "$1/skip")"
    exit 0
fi
shift
exec "$@"
