//! `VERIFY.txt`: how to check this pack with tools everybody has, filled in to be copied.
//!
//! Every line that begins with `$ ` is a command; the tests run them as they stand. What is filled
//! in was checked to be plain words, so no command can be changed through it.

use crate::pack::{
    COUNTERSIGNATURE, NAMESPACE, SIGNATURE, TAG_FILES, TAGMANIFEST, TIMESTAMP, bag::info::PackInfo,
};

/// The text for a pack that will lie in `folder`.
pub(crate) fn text(folder: &str, info: &PackInfo) -> String {
    let sections = [
        opening(folder, info),
        signature(info),
        hashes(info),
        nothing_added(),
        period(info),
        earlier(info),
        time_stamp(),
        countersignature(),
        other_systems(info),
        limits(info),
    ];
    sections.join("\n")
}

fn opening(folder: &str, info: &PackInfo) -> String {
    let PackInfo { sequence, signer_identity, signer_fingerprint, period, .. } = info;
    format!(
        "HOW TO VERIFY THIS PACK

Pack {sequence}, {label}, folder {folder}
Signed by {signer_identity}
with the key {signer_fingerprint}

The commands need ssh-keygen (OpenSSH 8.2 or newer), sha256sum, and for the time stamp openssl.
Run them in this folder, in a POSIX shell. Each must succeed; a line that begins with $ is one
command.

This file is part of the pack: until step 2 it could have been changed like any other. Compare the
commands with those you used last time, or with the program's documentation.

Trust. Nothing in this folder can tell you whom to trust. Take the file allowed_signers from your
own records: its line came to you by another way than the pack (a letter, a call in which the
key's fingerprint was read out). An allowed_signers file that comes with a pack, in an archive or
in the same mail, proves nothing. Set ALLOWED to where yours is:

$ ALLOWED=${{ALLOWED:-$HOME/allowed_signers}}
",
        label = period.label
    )
}

fn signature(info: &PackInfo) -> String {
    let identity = &info.signer_identity;
    format!(
        "1. The signature. It must print: Good \"{NAMESPACE}\" signature for {identity}

$ ssh-keygen -Y verify -f \"$ALLOWED\" -I {identity} -n {NAMESPACE} -s {SIGNATURE} < {TAGMANIFEST}

Should the signer's key have expired since, add -Overify-time=YYYYMMDDZ with the day of the time
stamp (OpenSSH 8.7 or newer). Never use `ssh-keygen -Y check-novalidate`: it is content with any key.
"
    )
}

fn hashes(info: &PackInfo) -> String {
    let PackInfo { payload_bytes, payload_files, .. } = info;
    format!(
        "2. The tag files are those that were signed: {tags} files, each OK.

$ sha256sum --strict -c {TAGMANIFEST}

3. The payload is what was packed: {payload_files} files, {payload_bytes} bytes, each OK.

$ sha256sum --strict -c manifest-sha256.txt
",
        tags = TAG_FILES.len()
    )
}

fn nothing_added() -> String {
    format!(
        "4. Nothing was added. The commands above do not see files that no manifest lists. This one
must print: nothing added

$ listed=$({{ cut -c67- {TAGMANIFEST}; cut -c67- manifest-sha256.txt; printf '%s\\n' {TAGMANIFEST} {SIGNATURE}; }} | LC_ALL=C sort); found=$(find . ! -type d | sed 's|^\\./||' | grep -vxF -e {TIMESTAMP} -e {COUNTERSIGNATURE} | LC_ALL=C sort); hollow=$(find . -type d -empty); [ \"$listed\" = \"$found\" ] && [ -z \"$hollow\" ] && echo nothing added

{TIMESTAMP} and {COUNTERSIGNATURE} may be there or not:
they are made after the signature and checked in steps 7 and 8.
"
    )
}

fn period(info: &PackInfo) -> String {
    let period = &info.period;
    format!(
        "5. It is the pack you asked for, and not an older one. The period is the one you expect, and
not only the one written here:

$ grep -x 'Pack-Period: {label}' bag-info.txt

It covers the time from {from} up to {until}.
Read bag-info.txt whole: Supersedes says that it corrects another pack, Period-Gap that time before
it is in no pack.
",
        label = period.label,
        from = period.from,
        until = period.until
    )
}

fn earlier(info: &PackInfo) -> String {
    let count = info.sequence - 1;
    if count == 0 {
        return "6. Earlier packs. This is the first pack of its chain: chain-sha256.txt is empty, and must be.

$ [ ! -s chain-sha256.txt ] && echo no earlier packs
"
        .to_owned();
    }
    format!(
        "6. The earlier packs are the same as when this one was signed. Their folders must lie beside
this one. Earlier packs listed: {count}. Each line must be OK:

$ [ \"$(grep -c '/{TAGMANIFEST}$' chain-sha256.txt)\" -eq {count} ] && sha256sum --strict -c chain-sha256.txt

This does not check what is inside them: verify each earlier pack once, as you did when it came.
"
    )
}

fn time_stamp() -> String {
    format!(
        "7. The time stamp, where {TIMESTAMP} is there. tsa-ca.pem is the
authority's root certificate, from its own site or your records. -attime keeps the check valid
after the authority's certificate has expired. GNU date:

    T=$(openssl ts -reply -in {TIMESTAMP} -text 2>/dev/null | sed -n 's/^Time stamp: //p'); echo \"$T\"
    openssl ts -verify -attime \"$(date -u -d \"$T\" +%s)\" -data {SIGNATURE} -in {TIMESTAMP} -CAfile tsa-ca.pem

On macOS write \"$(date -j -u -f '%b %e %T %Y %Z' \"$T\" +%s)\" instead of \"$(date -u -d \"$T\" +%s)\". It must
print: Verification: OK. The time must be soon after the end of the period. Months later, it is
a pack that was made, or made again, later than it should have been: ask why.
"
    )
}

fn countersignature() -> String {
    format!(
        "8. The countersignature, where {COUNTERSIGNATURE} is there: a second
person signed the same tagmanifest. It is checked like step 1, with -I set to that person's identity
in your allowed_signers, which must be another person and another key than the signer's:

    ssh-keygen -Y verify -f \"$ALLOWED\" -I REVIEWER -n {NAMESPACE} -s {COUNTERSIGNATURE} < {TAGMANIFEST}
"
    )
}

fn other_systems(info: &PackInfo) -> String {
    let files = info.payload_files + TAG_FILES.len() as u64 + 2;
    format!(
        "On macOS use `shasum -a 256 -c FILE` instead of `sha256sum --strict -c FILE`.

On Windows run step 1 in cmd, not in PowerShell, which changes what it passes through `<` and `|`.
For steps 2 and 3 these lines of PowerShell print only what differs; the second counts the files,
which must be {files} without {TIMESTAMP} and {COUNTERSIGNATURE}:

    foreach ($m in '{TAGMANIFEST}','manifest-sha256.txt') {{ Get-Content $m | ForEach-Object {{ $h,$f = $_ -split '  ',2; if ((Get-FileHash -Algorithm SHA256 -LiteralPath $f).Hash -ne $h) {{ \"DIFFERS $f\" }} }} }}
    (Get-ChildItem -Recurse -File -Force).Count

The folder is a BagIt 1.0 bag (RFC 8493). `bagit.py --validate .` does steps 2 and 3 in one; it
replaces neither step 1 nor step 4. `sodpack verify` does all steps but 7.

If a checksum fails everywhere, look at the line ends first: mail programs and git may have turned
LF into CRLF. Take the pack from its archive again.
"
    )
}

fn limits(info: &PackInfo) -> String {
    format!(
        "WHAT THIS DOES NOT PROVE

A signature shows that the holder of the key signed these bytes. It does not bind the holder: who
has the key can make a whole chain anew and date it back. What speaks against that is the time
stamp (7), the countersignature (8), and your own list: write down the SHA-256 of
{TAGMANIFEST} of every pack on the day it reaches you.

A pack that never comes cannot be missed by looking at the others. The next pack of this chain
should reach you by {due}. If it does not, ask.

Checks of bytes say nothing about whether the evidence given to the program was complete and true.
The report in data/ says what it does not cover.
",
        due = info.next_pack_due
    )
}
