// Command torchwood judges, with filippo.io/torchwood, what custody wrote; and cosigns and proves as custody does.
//
// Standard input is one JSON object (type input); standard output is one JSON object (type output). The first check
// that fails ends the program with a message on standard error and exit 1.
package main

import (
	"crypto/ed25519"
	"encoding/json"
	"log"
	"os"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type input struct {
	Policy     []byte // a tlog-policy file
	Checkpoint []byte // a signed note
	Proof      []byte // a tlog-proof file of Entry under Checkpoint
	Entry      []byte
	Index      int64
	Inclusion  []tlog.Hash
	Cosigner   string // the name under which to cosign
	Seed       []byte // with this Ed25519 key
}

type output struct {
	Size     int64
	Times    map[string]int64 // of the cosignatures by witnesses of the policy
	Proof    []byte           // as torchwood writes it
	Vkey     string           // the cosigner's
	Cosigned []byte           // Checkpoint with the cosigner's line
}

func main() {
	log.SetFlags(0)
	var in input
	check("input", json.NewDecoder(os.Stdin).Decode(&in))

	policy, err := torchwood.ParsePolicy(in.Policy)
	check("policy", err)
	head, opened, err := torchwood.VerifyCheckpoint(in.Checkpoint, policy)
	check("checkpoint", err)
	check("proof", torchwood.VerifyProof(policy, tlog.RecordHash(in.Entry), in.Proof))

	cosigner, err := torchwood.NewCosignatureSigner(in.Cosigner, ed25519.NewKeyFromSeed(in.Seed))
	check("cosigner", err)
	out := output{
		Size:  head.N,
		Times: map[string]int64{},
		Proof: torchwood.FormatProof(in.Index, in.Inclusion, in.Checkpoint),
		Vkey:  cosigner.Verifier().String(),
	}
	for _, one := range opened.Sigs {
		if one.Name != head.Origin {
			out.Times[one.Name], err = torchwood.CosignatureTimestamp(one)
			check("time", err)
		}
	}
	out.Cosigned, err = note.Sign(opened, cosigner)
	check("cosign", err)
	check("output", json.NewEncoder(os.Stdout).Encode(out))
}

func check(what string, err error) {
	if err != nil {
		log.Fatalf("%s: %v", what, err)
	}
}
