# shellcheck shell=bash
# What the download scripts share, to be sourced by them with one word: PREFIX.
#
# A script says below what is known of a file before it is fetched, and defines `usage` and
# `accept PART`: 0 the good file is at $ready, which PART is unless told otherwise ($new is free to
# use); 3 PART is not what was announced; 4 a file cannot be read or written. Then it calls
# `arguments`, `check_urls`, `is_done` and `get`, in this order. Nothing fetched is ever run.
#
# For tests only, the environment may replace what is known: PREFIX_TEST_STALL, PREFIX_TEST_PAUSE
# (seconds), PREFIX_TEST_TRIES, and what the script says; http then works on 127.0.0.1 alone.

set +o posix # where POSIXLY_CORRECT is set: ulimit counts blocks of another size then
prefix=$1 script=${0##*/}
known() { # NAME VALUE: what is known, or what a test puts in its place
  local name=${prefix}_TEST_$1
  printf '%s\n' "${!name:-$2}"
}
stall=$(known STALL 30) pause=$(known PAUSE 3) tries=$(known TRIES 5)
force='' finished='' parts=() new='' ready='' lock='' largest=0 fetching='' later=''
progress=--progress-bar && [[ -t 2 ]] || progress=-sS

output=''        # where the good file goes
part=''          # what the names of unfinished transfers begin with, beside the output
urls=() sizes=() # the addresses, and the sizes in bytes that what they send may have
cap=0            # bytes at which a transfer is cut, whatever was announced
kind='' print='' # the good file's fingerprint: git blob, sha256 or md5, and its digits

say() { # control characters of a path are shown as ?, lest a terminal obeys them
  local text=$*
  printf '%s: %s\n' "${script%.sh}" "${text//[[:cntrl:]]/?}" >&2
}
die() {
  say "${*:2}"
  exit "$1"
}

arguments() { # the script's own; sets output and force
  local tool missing=''
  while (($#)); do
    case $1 in
      -h | --help) usage && exit ;;
      -o | --output) [[ -n ${2-} ]] || die 2 "$1 needs a path" && output=$2 && shift ;;
      --force) force=yes ;;
      *) die 2 "unknown argument: $1 (see --help)" ;;
    esac
    shift
  done
  for tool in curl python3; do command -v $tool >/dev/null || missing+=" $tool"; done
  [[ -z $missing ]] || die 2 "missing:$missing"
  if [[ $output == -* ]]; then output=./$output; fi # a name, never an option
}

check_urls() {
  local url
  for url in "${urls[@]}"; do # the slash matters: in http://127.0.0.1:80@host/ the host is another
    [[ $url =~ ^https://|^http://127\.0\.0\.1(:[0-9]+)?/ ]] || die 2 "refused: $url is not https"
  done
}

python() { # Ctrl-C waits for what is over in a moment, and is no traceback
  (
    trap '' INT HUP TERM
    exec python3 -I "$@"
  )
}

fingerprint() { # FILE; git's name for the bytes is what `jena-rnn inspect` knows the table by
  python - "$kind" "$1" <<'PYTHON'
import hashlib, os, sys

kind, path = sys.argv[1:]
with open(path, "rb") as file:
    digest = hashlib.new("sha1" if kind == "git blob" else kind, usedforsecurity=False)
    if kind == "git blob":
        digest.update(b"blob %d\0" % os.fstat(file.fileno()).st_size)
    for block in iter(lambda: file.read(1 << 20), b""):
        digest.update(block)
print(digest.hexdigest())
PYTHON
}

is_done() { # 0 the good file is there already, 1 it may be put there; else something is in the way
  local found
  [[ -e $output || -L $output ]] || return 1
  { [[ -f $output ]] && found=$(fingerprint "$output" 2>/dev/null); } ||
    die 4 "$output is there, and is not a file that can be read"
  if [[ $found == "$print" ]]; then say "already there: $output" && return; fi
  [[ -n $force ]] || die 4 "another file ($kind $found) is at $output; --force replaces it"
  return 1
}

size_of() { if [[ -e $1 ]]; then echo $(($(wc -c <"$1"))); else echo 0; fi; }
is_known() { [[ " ${sizes[*]} " == *" $1 "* ]]; }
# Worth resuming: bytes of ours, no more than there should be, and no link that leads elsewhere.
is_sane() { [[ -f $1 && ! -L $1 && $(size_of "$1") -gt 0 && $(size_of "$1") -le $largest ]]; }

hold() { # so that no other download writes the same parts; ends with this process and its curl
  lock=${part%.}.lock
  [[ ! -L $lock && (-f $lock || ! -e $lock) ]] && { exec 9>>"$lock"; } 2>/dev/null || die 4 "cannot write $lock"
  python - "$lock" 2>/dev/null <<'PYTHON' && return
import fcntl, os, sys

fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)
sys.exit(not os.path.samestat(os.fstat(9), os.stat(sys.argv[1])))  # its last holder may have removed it
PYTHON
  lock=''
  [[ -z $later ]] || exit 130
  die 4 "another download of it is under way: $output"
}

stopped() { # by a signal; through clean_up
  if [[ -n $fetching ]]; then kill "$fetching" 2>/dev/null && wait "$fetching" || true; fi
  exit 130
}

clean_up() {
  local part
  rm -f -- "$new"
  if [[ -n $lock ]]; then rm -f -- "$lock" && exec 9>&- && lock=''; fi
  for part in "${parts[@]}"; do
    if [[ -n $finished ]] || ! is_sane "$part"; then rm -f -- "$part" || true; fi
  done
}

fetch() { # URL PART: 0 PART has a known size, 3 it is not what was announced, 5 no answer
  local url=$1 part=$2 proto='=https' attempt had have rc
  if [[ $url == http:* ]]; then proto='=http'; fi # on 127.0.0.1: all addresses were checked before
  for ((attempt = 1; attempt <= tries; attempt++)); do
    is_sane "$part" || rm -f -- "$part"
    have=$(size_of "$part") rc=0
    if is_known "$have"; then return 0; fi
    if ((attempt > 1)); then say "trying again from byte $have" && sleep "$pause"; fi
    # --max-filesize refuses a size announced too large, ulimit one never announced (curl then fails
    # to write: 23). curl's own --retry would throw away what had come. -q: no ~/.curlrc, which
    # could switch certificates off. No --location: no address redirects.
    (
      trap '' XFSZ
      ulimit -f $((cap / 1024)) 2>/dev/null || true
      exec curl -q "$progress" --fail --globoff --proto "$proto" --connect-timeout 20 \
        --speed-limit 1000 --speed-time "$stall" --max-filesize "$largest" \
        --continue-at - --output "$part" "$url"
    ) &
    fetching=$! # waited for, since bash answers no signal while a program runs that it does not wait for so
    wait "$fetching" || rc=$?
    fetching=''
    had=$have have=$(size_of "$part")
    if [[ $rc -eq 0 ]] && is_known "$have"; then return 0; fi
    case $rc in
      0) if ((had > 0 && have == had)); then say "no more of it was sent" && return 5; fi # a 416, or sent elsewhere
        say "refused: $have bytes, expected one of: ${sizes[*]}" ;;
      23) ((have >= cap / 1024 * 1024)) || die 4 "cannot write $part" && say "refused: no end to it" ;;
      63) say "refused: announced as larger than $largest bytes" ;;
      33) rm -f -- "$part" && continue ;;                # the server cannot resume: start over
      16 | 18 | 28 | 35 | 52 | 55 | 56 | 92) continue ;; # broken off or stalled: resume
      *) return 5 ;;                                     # no such host, 404: the other one is quicker
    esac
    return 3
  done
  is_known "$(size_of "$part")" || return 5 # broken off after the last byte
}

settle() { # FILE: on the disk, else a power cut after the rename could leave an empty file
  python -c 'import os, sys; os.fsync(os.open(sys.argv[1], os.O_RDONLY))' "$1" 2>/dev/null
}

get() { # the good file, from the first address that gives it; without it the script ends here
  local folder i rc worst=5
  folder=$(dirname "$output") new=$output.new.$$ finished='' parts=()
  largest=$(printf '%s\n' "${sizes[@]}" | sort -n | tail -n 1)
  { mkdir -p "$folder" 2>/dev/null && [[ -w $folder ]]; } || die 4 "cannot write in $folder"
  trap 'later=yes' INT HUP TERM # until it is known what is ours to clear away
  (trap '' INT HUP TERM && : >"$new" && rm -f -- "$new") 2>/dev/null || die 4 "cannot write $output"
  hold
  trap clean_up EXIT
  trap stopped INT HUP TERM
  if [[ -n $later ]]; then stopped; fi
  for i in "${!urls[@]}"; do # a part each: they may differ
    ready=$part$((i + 1)).part
    [[ ! -d $ready || -L $ready ]] || die 4 "a folder is in the way: $ready"
    parts+=("$ready")
  done
  for i in "${!urls[@]}"; do
    say "asking ${urls[i]}" && rc=0 ready=${parts[i]}
    fetch "${urls[i]}" "${parts[i]}" || rc=$?
    if ((rc == 0)); then accept "${parts[i]}" || rc=$?; fi
    case $rc in
      0) break ;;
      3) rm -f -- "${parts[i]}" "$new" && worst=3 ;; # the bytes are wrong: nothing to resume
      5) ;;
      *) die 4 "cannot write $output" ;;
    esac
  done
  if ((rc != 0 && worst == 3)); then die 3 "no address gave what was announced: $output"; fi
  ((rc == 0)) || die 5 "no address sent it whole: $output"
  { settle "$ready" && mv -f -- "$ready" "$output"; } || die 4 "cannot write $output"
  finished=yes
  clean_up
}
