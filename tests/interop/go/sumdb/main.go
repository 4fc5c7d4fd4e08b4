// Command sumdb checks, with Go's own libraries, what custody signed and proved; and signs a note for custody.
//
// Standard input is one JSON object (type input); standard output is one JSON object (type output). Any check that
// fails ends the program with a message on standard error and exit 1.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type input struct {
	Vkey       string // the ledger's
	Checkpoint string // a signed note of the tree of New leaves
	Old, New   int64
	OldRoot    tlog.Hash
	Index      int64
	Entry      []byte
	Inclusion  []tlog.Hash
	Consistent []tlog.Hash
	Skey       string // with which to sign Text
	Text       string
}

type output struct {
	Vkey    string   // as Go writes the ledger's
	Unknown []string // who else signed the checkpoint, NAME+KEYID
	Note    string   // Text, signed by Go with Skey
}

func main() {
	log.SetFlags(0)
	var in input
	check("input", json.NewDecoder(os.Stdin).Decode(&in))

	verifier, err := note.NewVerifier(in.Vkey)
	check("vkey", err)
	opened, err := note.Open([]byte(in.Checkpoint), note.VerifierList(verifier))
	check("note", err)

	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[1] != fmt.Sprint(in.New) {
		log.Fatalf("checkpoint: %q", opened.Text)
	}
	root, err := tlog.ParseHash(lines[2])
	check("root", err)

	check("inclusion", tlog.CheckRecord(in.Inclusion, in.New, root, in.Index, tlog.RecordHash(in.Entry)))
	check("consistency", tlog.CheckTree(in.Consistent, in.New, root, in.Old, in.OldRoot))

	signer, err := note.NewSigner(in.Skey)
	check("skey", err)
	signed, err := note.Sign(&note.Note{Text: in.Text}, signer)
	check("sign", err)
	out := output{Vkey: identity(verifier.Name(), verifier.KeyHash()), Note: string(signed)}
	for _, one := range opened.UnverifiedSigs {
		out.Unknown = append(out.Unknown, identity(one.Name, one.Hash))
	}
	check("output", json.NewEncoder(os.Stdout).Encode(out))
}

func identity(name string, hash uint32) string {
	return fmt.Sprintf("%s+%08x", name, hash)
}

func check(what string, err error) {
	if err != nil {
		log.Fatalf("%s: %v", what, err)
	}
}
