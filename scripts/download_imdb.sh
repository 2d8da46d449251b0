#!/usr/bin/env bash
# Fetch Keras's IMDB reviews and their word index: two files, each whole and genuine, or not at all.
#
# The fingerprints are those that Keras asks for (keras/src/datasets/imdb.py): a SHA-256 of the
# reviews and, for the index, nothing better than an MD5, so that its size has to match as well.
# Nothing is opened here. The reviews are pickles, which run what they like when they are loaded:
# only bytes of the known fingerprint ever get the name that a program would load.
#
# Tests replace what is known here, of NPZ and INDEX, by IMDB_TEST_NPZ_URLS (separated by spaces),
# IMDB_TEST_NPZ_SIZE, IMDB_TEST_NPZ_CAP (bytes), IMDB_TEST_NPZ_PRINT and so on; see fetch.sh beside.
set -euo pipefail

here=${BASH_SOURCE[0]} && [[ $here == */* ]] || here=./$here
# shellcheck source-path=SCRIPTDIR source=fetch.sh
source "${here%/*}/fetch.sh" IMDB || exit 2

npz() {
  about NPZ imdb.npz 17464789 $((32 << 20)) \
    sha256 69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f
}
index() { about INDEX imdb_word_index.json 1641221 $((2 << 20)) md5 bfafd718b763782e994055a2d397834f; }
about() { # TEST NAME SIZE CAP KIND PRINT: tells fetch.sh which file comes now
  output=$folder/$2 part=$folder/$2. cap=$(known "$1_CAP" "$4") kind=$5 print=$(known "$1_PRINT" "$6")
  read -ra urls <<<"$(known "$1_URLS" "https://storage.googleapis.com/tensorflow/tf-keras-datasets/$2 \
https://s3.amazonaws.com/text-datasets/$2")"
  sizes=("$(known "$1_SIZE" "$3")")
}

usage() {
  cat <<HELP
Usage: download_imdb.sh [-o DIR] [--force]

Fetch Keras's IMDB reviews (imdb.npz, 17 MB) and their word index (imdb_word_index.json, 1.6 MB),
each from two public addresses, the second if the first fails. A broken transfer is resumed, by the
next run too, from imdb.npz.1.part, imdb.npz.2.part and the like in DIR.

  -o, --output DIR  the folder where both go (data)
  --force           replace other files that are already there
  -h, --help        show this

Exit codes: 0 both files are there; 2 usage, or curl or python3 is missing; 3 what was downloaded is
not what was announced; 4 files (disk full, read-only, another file in the way, another
download of it under way); 5 network.
HELP
}

accept() { # PART
  local found
  found=$(fingerprint "$1" 2>/dev/null) || return 4
  if [[ $found != "$print" ]]; then say "refused: its $kind is $found, not $print" && return 3; fi
}

output=data
arguments "$@"
folder=${output%/} wanted=()
for file in npz index; do "$file" && check_urls; done
for file in npz index; do
  "$file"
  if ! is_done; then wanted+=("$file"); fi
done
((${#wanted[@]})) || exit 0
for file in "${wanted[@]}"; do
  "$file"
  get
  say "fingerprint matches the one Keras asks for: $output"
done
