#!/usr/bin/env bash
# Fetch the Jena climate table, 2009-2016, and leave one CSV: whole, or not at all.
#
# Nobody publishes a hash of the zip. So what can be known beforehand is checked before it is
# opened (https, its size), it is opened with suspicion (one member, a cap on its bytes), and the
# CSV, whose fingerprint is known, is named or called unknown. Nothing fetched is ever run.
#
# For tests only, the environment may replace what is known: JENA_TEST_URLS and JENA_TEST_SIZES
# (separated by spaces), JENA_TEST_ZIP_CAP, JENA_TEST_CSV_CAP (bytes), JENA_TEST_BLOB (git blob id),
# JENA_TEST_STALL, JENA_TEST_PAUSE (seconds), JENA_TEST_TRIES; http then works on 127.0.0.1 alone.
set -euo pipefail

name=jena_climate_2009_2016.csv
read -ra urls <<<"${JENA_TEST_URLS:-https://s3.amazonaws.com/keras-datasets/$name.zip \
https://storage.googleapis.com/tensorflow/tf-keras-datasets/$name.zip}"
read -ra sizes <<<"${JENA_TEST_SIZES:-13565642 13568290}"
zip_cap=${JENA_TEST_ZIP_CAP:-$((16 << 20))} csv_cap=${JENA_TEST_CSV_CAP:-$((64 << 20))}
blob=${JENA_TEST_BLOB:-e6cfb671e72f630f251a18722fcebe6944c758c0} # the edition of 420,551 rows
stall=${JENA_TEST_STALL:-30} pause=${JENA_TEST_PAUSE:-3} tries=${JENA_TEST_TRIES:-5}
output=data/$name force='' finished='' parts=()

say() { printf 'download_jena: %s\n' "$*" >&2; }
die() {
  say "${*:2}"
  exit "$1"
}
usage() {
  cat <<HELP
Usage: download_jena.sh [-o PATH] [--force]

Fetch the Jena climate table (a 13 MB zip, a 43 MB CSV) from two public addresses, the second if
the first fails. A broken transfer is resumed, by the next run too, from PATH.zip1.part or .zip2.part.

  -o, --output PATH  where the CSV goes (data/$name)
  --force            replace another file that is already there
  -h, --help         show this

Exit codes: 0 the file is there; 2 usage, or curl or python3 is missing; 3 what was downloaded is
not what was announced; 4 files (disk full, read-only, another file in the way); 5 network.
HELP
}

size_of() { if [[ -e $1 ]]; then echo $(($(wc -c <"$1"))); else echo 0; fi; }
is_known() { [[ " ${sizes[*]} " == *" $1 "* ]]; }
# Worth resuming: bytes of ours, no more than the zip has, and no link that leads elsewhere.
is_sane() { [[ -f $1 && ! -L $1 && $(size_of "$1") -gt 0 && $(size_of "$1") -le $largest ]]; }

clean_up() {
  rm -f -- "$new"
  for part in "${parts[@]}"; do
    if [[ -n $finished ]] || ! is_sane "$part"; then rm -f -- "$part"; fi
  done
}

fingerprint() { # git's name for the bytes, which `jena-rnn inspect` knows the table by
  python3 -I -c 'import hashlib, os, sys
with open(sys.argv[1], "rb") as file:
    digest = hashlib.sha1(b"blob %d\0" % os.fstat(file.fileno()).st_size)
    for block in iter(lambda: file.read(1 << 20), b""):
        digest.update(block)
print(digest.hexdigest())' "$1"
}

fetch() { # URL PART: 0 PART has a known size, 3 it is not what was announced, 5 no answer
  local url=$1 part=$2 proto='=https' attempt have rc
  if [[ $url == http:* ]]; then proto='=http'; fi # on 127.0.0.1: all addresses were checked before
  for ((attempt = 1; attempt <= tries; attempt++)); do
    is_sane "$part" || rm -f -- "$part"
    have=$(size_of "$part") rc=0
    if is_known "$have"; then return 0; fi
    if ((attempt > 1)); then say "trying again from byte $have" && sleep "$pause"; fi
    # --max-filesize refuses a size announced too large, ulimit one never announced (curl then fails
    # to write: 23). curl's own --retry would throw away what had come. -q: no ~/.curlrc, which
    # could switch certificates off. No --location: neither address redirects.
    (
      trap '' XFSZ
      ulimit -f $((zip_cap / 1024)) 2>/dev/null || true
      exec curl -q "$progress" --fail --globoff --proto "$proto" --connect-timeout 20 \
        --speed-limit 1000 --speed-time "$stall" --max-filesize "$largest" \
        --continue-at - --output "$part" "$url"
    ) || rc=$?
    have=$(size_of "$part")
    if [[ $rc -eq 0 ]] && is_known "$have"; then return 0; fi
    case $rc in
      0) say "refused: $have bytes, expected one of: ${sizes[*]}" ;;
      23) ((have >= zip_cap / 1024 * 1024)) || die 4 "cannot write $part" && say "refused: no end to it" ;;
      63) say "refused: announced as larger than $largest bytes" ;;
      33) rm -f -- "$part" && continue ;;                # the server cannot resume: start over
      16 | 18 | 28 | 35 | 52 | 55 | 56 | 92) continue ;; # broken off or stalled: resume
      *) return 5 ;;                                     # no such host, 404: the other one is quicker
    esac
    return 3
  done
  return 5
}

extract() { # ZIP CSV: 0 CSV is written, 3 ZIP is not what was announced, 4 CSV cannot be written
  python3 -I - "$1" "$2" "$name" "$csv_cap" <<'PYTHON'
import os, stat, sys, zipfile

source, target, member, cap = *sys.argv[1:4], int(sys.argv[4])
try:
    with zipfile.ZipFile(source) as archive:
        # Zips made on a Mac carry its notes on the file, as the first address's does. Never read.
        notes = ("__MACOSX/", f"__MACOSX/._{member}")
        inside = [entry for entry in archive.infolist() if entry.filename not in notes]
        if [entry.filename for entry in inside] != [member]:
            raise ValueError(f"expected {member} alone among {len(inside)} members")
        if stat.S_IFMT(inside[0].external_attr >> 16) not in (0, stat.S_IFREG) or inside[0].flag_bits & 1:
            raise ValueError(f"{member} is a link or encrypted, not a plain file")
        with archive.open(inside[0]) as packed, open(target, "xb") as csv:
            while block := packed.read(1 << 20):  # counted here: a header can say anything
                if csv.tell() + len(block) > cap:
                    raise ValueError(f"{member} unpacks to more than {cap} bytes")
                csv.write(block)
            csv.flush()
            os.fsync(csv.fileno())  # else a power cut after the rename could leave an empty file
except Exception as error:  # zipfile has many ways to say that bytes are not a zip
    print(f"download_jena: {error!a}", file=sys.stderr)
    sys.exit(4 if isinstance(error, OSError) else 3)
PYTHON
}

while (($#)); do
  case $1 in
    -h | --help) usage && exit ;;
    -o | --output) [[ -n ${2-} ]] || die 2 "$1 needs a path" && output=$2 && shift ;;
    --force) force=yes ;;
    *) die 2 "unknown argument: $1 (see --help)" ;;
  esac
  shift
done
missing=$(for tool in curl python3; do command -v $tool >/dev/null || printf ' %s' $tool; done)
[[ -z $missing ]] || die 2 "missing:$missing"
if [[ $output == -* ]]; then output=./$output; fi # a name, never an option
for url in "${urls[@]}"; do # the slash matters: in http://127.0.0.1:80@host/ the host is another
  [[ $url =~ ^https://|^http://127\.0\.0\.1(:[0-9]+)?/ ]] || die 2 "refused: $url is not https"
  parts+=("$output.zip$((${#parts[@]} + 1)).part") # one each: the two zips differ
done
largest=$(printf '%s\n' "${sizes[@]}" | sort -n | tail -n 1)
folder=$(dirname "$output") new=$output.new.$$
progress=--progress-bar && [[ -t 2 ]] || progress=-sS

if [[ -e $output ]]; then
  found=$(fingerprint "$output" 2>/dev/null) || die 4 "$output is there, and is not a file that can be read"
  if [[ $found == "$blob" ]]; then say "already there: $output" && exit; fi
  [[ -n $force ]] || die 4 "another file (git blob $found) is at $output; --force replaces it"
fi
{ mkdir -p "$folder" && [[ -w $folder ]]; } || die 4 "cannot write in $folder"
trap clean_up EXIT
trap 'exit 130' INT HUP TERM # through clean_up

worst=5
for i in "${!urls[@]}"; do
  say "asking ${urls[i]}" && rc=0
  fetch "${urls[i]}" "${parts[i]}" || rc=$?
  if ((rc == 0)); then extract "${parts[i]}" "$new" || rc=$?; fi
  case $rc in
    0) break ;;
    3) rm -f -- "${parts[i]}" "$new" && worst=3 ;; # the bytes are wrong: nothing to resume
    5) ;;
    *) die 4 "cannot write $output" ;;
  esac
done
((rc == 0)) || die "$worst" "no address gave the table"
found=$(fingerprint "$new")
mv -f -- "$new" "$output" || die 4 "cannot write $output"
finished=yes
if [[ $found == "$blob" ]]; then
  say "fingerprint matches the edition of 420,551 rows: $output"
else
  say "UNKNOWN FINGERPRINT: $output is kept, but its git blob is $found, not $blob."
  say "Run \`jena-rnn inspect\` on it before you trust it."
fi
