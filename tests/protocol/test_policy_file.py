"""policy_file.py: C2SP's syntax to the letter."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.errors import MalformedError
from custody.protocol import policy as module
from custody.protocol.policy import Group, Policy, Witness, satisfied, trust
from custody.protocol.policy_file import format_policy, parse_policy
from custody.protocol.vkey import format_vkey
from tests.protocol.fixed_signers import Signer, make_signer

LOG = "log.example/a+870806f8+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
W = "w.example+a26f2ad7+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU"


def test_the_worked_example_is_exact(log: Signer, witness: Signer) -> None:
    assert module.__doc__ is not None
    lines = [line[4:] for line in module.__doc__.split("\n") if line.startswith("    ")]
    read = parse_policy("".join(f"{line}\n" for line in lines).encode())
    assert read == Policy(
        logs=(log.vkey,),
        witnesses=(Witness(name=b"W", vkey=witness.vkey),),
        groups=(Group(name=b"partners", threshold=1, members=(b"W",)),),
        quorum=b"partners",
    )


def test_what_the_syntax_allows(witness: Signer) -> None:
    """White space anywhere, comments, any order, a URL, opaque octets, items after the quorum, no logs."""
    read = parse_policy(
        b"# \xff any octets in a comment\n\n  \t \n"
        b"\twitness \t K\xe2\x84\xaa\xff " + W.encode() + b" https://w.example/ \t\n"
        b"quorum K\xe2\x84\xaa\xff\n"
        b" # after it\n"
        b"group #g all K\xe2\x84\xaa\xff\n"
        b"log " + LOG.encode() + b" https://\xc3\xa9.example/\n"
    )
    assert read.witnesses == (Witness(name=b"K\xe2\x84\xaa\xff", vkey=witness.vkey),)
    assert read.groups == (Group(name=b"#g", threshold=1, members=(b"K\xe2\x84\xaa\xff",)),)
    assert not satisfied(read, [])
    assert satisfied(read, [witness.vkey])
    assert parse_policy(b"quorum none\n") == trust([])


BAD_FILES = {
    "empty": "",
    "only comments": "# nothing\n",
    "no quorum": f"log {LOG}\n",
    "two quorums": "quorum none\nquorum none\n",
    "quorum of two names": f"witness a {W}\nquorum a none\n",
    "quorum of no name": "quorum\n",
    "quorum before its witness": f"quorum a\nwitness a {W}\n",
    "unknown quorum": "quorum a\n",
    "last line does not end": "quorum none",
    "carriage returns": "quorum none\r\n",
    "vertical tab": "quorum\vnone\n",
    "NUL": "quorum none\x00\n",
    "DEL in a comment": "# \x7f\nquorum none\n",
    "escape in a comment": "# \x1b[31m\nquorum none\n",
    "no-break space": "quorum\u00a0none\n",
    "upper-case verb": "QUORUM none\n",
    "unknown verb": "quorum none\ntrust everybody\n",
    "comment after an item": "quorum none # of them\n",
    "log without key": "log\nquorum none\n",
    "log with three words": f"log {LOG} https://a https://b\nquorum none\n",
    "log with a bad key": f"log {LOG[:-1]}d\nquorum none\n",
    "log with a witness's key": f"log {W}\nquorum none\n",
    "witness without name": f"witness {W}\nquorum none\n",
    "witness with a log's key": f"witness a {LOG}\nquorum none\n",
    "witness with four words": f"witness a {W} https://a https://b\nquorum none\n",
    "witness called none": f"witness none {W}\nquorum none\n",
    "one key twice": f"witness a {W}\nwitness b {W}\nquorum none\n",
    "one log twice": f"log {LOG}\nlog {LOG}\nquorum none\n",
    "group without members": "group g all\nquorum none\n",
    "group of nobody known": "group g all a\nquorum none\n",
    "group of 0": f"witness a {W}\ngroup g 0 a\nquorum g\n",
    "group of -1": f"witness a {W}\ngroup g -1 a\nquorum g\n",
    "group of 01": f"witness a {W}\ngroup g 01 a\nquorum g\n",
    "group of 2 in 1": f"witness a {W}\ngroup g 2 a\nquorum g\n",
    "group of arabic 1": f"witness a {W}\ngroup g ١ a\nquorum g\n",
    "group of most": f"witness a {W}\ngroup g most a\nquorum g\n",
    "member twice": f"witness a {W}\ngroup g 2 a a\nquorum g\n",
    "member of two groups": f"witness a {W}\ngroup g 1 a\ngroup h 1 a\nquorum h\n",
    "none as a member": "group g any none\nquorum g\n",
    "group defined later": f"witness a {W}\ngroup g any h\ngroup h any a\nquorum g\n",
    "group in itself": "group g any g\nquorum g\n",
    "huge": "#" * (1024 * 1024) + "\nquorum none\n",
}


@pytest.mark.parametrize("text", BAD_FILES.values(), ids=BAD_FILES.keys())
def test_bad_files(text: str) -> None:
    with pytest.raises(MalformedError):
        parse_policy(text.encode())


def test_a_verifier_key_that_is_not_utf8() -> None:
    with pytest.raises(MalformedError, match="line 2"):
        parse_policy(b"\nlog \xff+870806f8+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c\nquorum none\n")


octets = st.binary(min_size=1, max_size=6).filter(lambda name: all(octet > 0x20 and octet != 0x7F for octet in name))


@given(st.lists(octets, min_size=7, max_size=7, unique=True), st.integers(0, 5), st.data())
@settings(deadline=None)
def test_round_trip(log: Signer, witnesses: list[Signer], names: list[bytes], count: int, data: st.DataObject) -> None:
    names = [name for name in names if name != b"none"]
    listed = tuple(Witness(name=name, vkey=one.vkey) for name, one in zip(names[:count], witnesses, strict=False))
    groups: tuple[Group, ...] = ()
    if listed:
        members = tuple(one.name for one in listed)
        groups = (Group(name=names[-1], threshold=data.draw(st.integers(1, len(members))), members=members),)
    quorum = data.draw(st.sampled_from([b"none", *(one.name for one in (*listed, *groups))]))
    policy = Policy(logs=(log.vkey,), witnesses=listed, groups=groups, quorum=quorum)
    assert parse_policy(format_policy(policy)) == policy


def test_the_largest_policy_asked_for_by_c2sp_is_read() -> None:
    """32 logs, 32 witnesses, 32 groups."""
    lines = [f"log {format_vkey(make_signer(f'l{seed}', 1, seed).vkey)}" for seed in range(32)]
    lines += [f"witness w{seed} {format_vkey(make_signer(f'w{seed}', 4, 32 + seed).vkey)}" for seed in range(32)]
    lines += ["group g0 any w0"] + [f"group g{number} all w{number} g{number - 1}" for number in range(1, 32)]
    policy = parse_policy("".join(f"{line}\n" for line in [*lines, "quorum g31"]).encode())
    everyone = [one.vkey for one in policy.witnesses]
    assert satisfied(policy, everyone)
    assert not satisfied(policy, everyone[1:])
