#!/usr/bin/env bash
# Fetch the Jena climate table, 2009-2016, and leave one CSV: whole, or not at all.
#
# Nobody publishes a hash of the zip. So what can be known beforehand is checked before it is
# opened (https, its size), it is opened with suspicion (one member, a cap on its bytes), and the
# CSV, whose fingerprint is known, is named or called unknown.
#
# Tests replace what is known here by JENA_TEST_URLS and JENA_TEST_SIZES (separated by spaces),
# JENA_TEST_ZIP_CAP, JENA_TEST_CSV_CAP (bytes), JENA_TEST_BLOB (git blob id); see fetch.sh beside.
set -euo pipefail

here=${BASH_SOURCE[0]} && [[ $here == */* ]] || here=./$here
# shellcheck source-path=SCRIPTDIR source=fetch.sh
source "${here%/*}/fetch.sh" JENA || exit 2

name=jena_climate_2009_2016.csv
output=data/$name
read -ra urls <<<"$(known URLS "https://s3.amazonaws.com/keras-datasets/$name.zip \
https://storage.googleapis.com/tensorflow/tf-keras-datasets/$name.zip")"
read -ra sizes <<<"$(known SIZES '13565642 13568290')"
cap=$(known ZIP_CAP $((16 << 20))) csv_cap=$(known CSV_CAP $((64 << 20)))
kind='git blob' print=$(known BLOB e6cfb671e72f630f251a18722fcebe6944c758c0) # the edition of 420,551 rows

usage() {
  cat <<HELP
Usage: download_jena.sh [-o PATH] [--force]

Fetch the Jena climate table (a 13 MB zip, a 43 MB CSV) from two public addresses, the second if
the first fails. A broken transfer is resumed, by the next run too, from PATH.zip1.part or .zip2.part.

  -o, --output PATH  where the CSV goes (data/$name)
  --force            replace another file that is already there
  -h, --help         show this

Exit codes: 0 the file is there; 2 usage, or curl or python3 is missing; 3 what was downloaded is
not what was announced; 4 files (disk full, read-only, another file in the way, another
download of it under way); 5 network.
HELP
}

extract() { # ZIP CSV: 0 CSV is written, 3 ZIP is not what was announced, 4 CSV cannot be written
  python - "$1" "$2" "$name" "$csv_cap" <<'PYTHON'
import io, stat, sys, zipfile

source, target, member, cap = *sys.argv[1:4], int(sys.argv[4])


def unpacked(archived):
    with zipfile.ZipFile(io.BytesIO(archived)) as archive:
        # Zips made on a Mac carry its notes on the file, as the first address's does. Never read.
        notes = ("__MACOSX/", f"__MACOSX/._{member}")
        inside = [entry for entry in archive.infolist() if entry.filename not in notes]
        if [entry.filename for entry in inside] != [member]:
            raise ValueError(f"expected {member} alone among {len(inside)} members")
        if stat.S_IFMT(inside[0].external_attr >> 16) not in (0, stat.S_IFREG) or inside[0].flag_bits & 1:
            raise ValueError(f"{member} is a link or encrypted, not a plain file")
        if inside[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError(f"{member} is packed by another method than deflate")
        with archive.open(inside[0]) as packed:
            content = packed.read(cap + 1)  # counted here: a header can say anything
            if len(content) > cap:
                raise ValueError(f"{member} unpacks to more than {cap} bytes")
            packed.read()  # to its end, where its checksum is compared
            return content


def fail(error, code):
    print(f"download_jena: {error!a}", file=sys.stderr)
    sys.exit(code)


try:
    with open(source, "rb") as file:
        archived = file.read()
    try:
        content = unpacked(archived)
    except Exception as error:  # zipfile has many ways to say that bytes are not a zip, OSError among them
        fail(error, 3)
    with open(target, "xb") as csv:
        csv.write(content)
except OSError as error:
    fail(error, 4)
PYTHON
}

accept() { # PART
  ready=$new
  extract "$1" "$new" && found=$(fingerprint "$new")
}

arguments "$@"
check_urls
if is_done; then exit; fi
part=$output.zip found=''
get
if [[ $found == "$print" ]]; then
  say "fingerprint matches the edition of 420,551 rows: $output"
else
  say "UNKNOWN FINGERPRINT: $output is kept, but its git blob is $found, not $print."
  say "Run \`jena-rnn inspect\` on it before you trust it."
fi
