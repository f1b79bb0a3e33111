#!/bin/sh
# Check our messages with SpamAssassin, qpdf, pdffonts, outloud (PDF/UA-1), and caniemail.com's data on Gmail, Outlook
# and Apple Mail. Needs the Debian packages spamassassin, qpdf, poppler-utils and nodejs with npm.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for tool in spamassassin qpdf pdffonts npm; do
    command -v "$tool" >/dev/null || { echo "mailcheck needs $tool (apt install spamassassin qpdf poppler-utils npm)" >&2; exit 2; }
done

"${PYTHON:-$root/.venv/bin/python}" "$root/scripts/mailcheck.py" "$work"
cp "$root/scripts/email_clients.mjs" "$work/"
npm install --silent --no-audit --no-fund --prefix "$work" caniemail@2.0.2 >/dev/null
outloud="$root/.bench/peers/outloud-0.2.1"
if [ ! -x "$outloud/bin/outloud" ]; then
    python3 -m venv "$outloud"
    "$outloud/bin/pip" install --quiet --disable-pip-version-check outloud==0.2.1
fi

for document in en fr long; do
    echo "== $document: qpdf"
    qpdf --check "$work/$document.pdf" | tail -n 2

    echo "== $document: standards and fonts"
    python3 - "$work/$document.pdf" <<'PY'
import re, sys
content = open(sys.argv[1], "rb").read()
flags = [flag.decode() for flag in re.findall(rb"<(pdf(?:aid|uaid):\w+>[^<]+)<", content)]
print(", ".join(flags))
missing = {"pdfaid:part>3", "pdfaid:conformance>B", "pdfuaid:part>1"} - set(flags)
sys.exit(f"missing: {missing}" if missing else 0)
PY
    pdffonts "$work/$document.pdf"
    pdffonts "$work/$document.pdf" | awk 'NR > 2 && !/ yes +yes +yes /{ bad = 1 } END { exit bad }'

    echo "== $document: PDF/UA-1 (must have no error)"
    "$outloud/bin/outloud" --layer conformance "$work/$document.pdf"
done

for language in en fr; do
    echo "== $language: SpamAssassin, local rules (must stay below 1.0)"
    score=$(spamassassin --local --test-mode < "$work/$language.eml" 2>/dev/null | sed -n 's/^Content analysis details: *(\(-\{0,1\}[0-9.]*\) points.*/\1/p')
    echo "$score"
    awk -v score="$score" 'BEGIN { exit !(score != "" && score < 1.0) }'
done

echo "== Gmail, Outlook, Apple Mail"
(cd "$work" && node email_clients.mjs en.html fr.html)
echo "mailcheck: all is well"
