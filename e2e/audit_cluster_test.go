package e2e

import (
	"fmt"
	"slices"
	"testing"
)

// sealingGoesOn is how long a replica that is gone may keep others from sealing:
// its lease has to end.
const sealingGoesOn = patience

// Replicas share the records: all are in one chain that one at a time seals, and
// a replica that is killed keeps no other from it.
func TestCluster_audit(t *testing.T) {
	waits(t, "up to a lease, twice")
	servers := cluster(t, 2)
	a, b := servers[0], servers[1]
	for _, err := range atOnce(40, func(i int) error {
		c := servers[i%2]
		_, err := c.tryTeam(t, fmt.Sprint("Team ", i))
		return err
	}) {
		succeed(t, err)
	}
	b.sealed(t, 40)
	for _, e := range servers {
		equal(t, "records", len(e.byName().lookUp(t, nil)), 40)
	}
	a.server.kill()
	b.team(t)
	b.sealedWithin(t, 41, sealingGoesOn)
	a = a.restart(t)
	a.team(t)
	b.team(t)
	a.sealed(t, 43)
	b.server.kill()
	a.team(t)
	a.sealedWithin(t, 44, sealingGoesOn)
	names := eventNames(a.audited(t))
	equal(t, "records in the end", len(names), 44)
	equal(t, "different events", slices.Compact(names), []string{"CreateAccount"})
	a.tryCarillon(t, "audit", "verify").verified(t, "")
}

// Denials are recorded on whatever replica they were, and seen on all.
func TestCluster_audit_denials(t *testing.T) {
	servers := cluster(t, 2)
	o := servers[0].office(t)
	clerk := newPrincipal(t, o.principal, "Clerk", "")
	for _, e := range servers {
		there := &principal{goSDK{e.endpoint}, clerk.keys}
		eventually(t, "the clerk known there", func() bool {
			r := there.try(t, "sts", "GetCallerIdentity", nil)
			return r.Error == nil
		})
		there.refused(t, "Forbidden", "", "chime", "DeleteAccount", members{"AccountId": o.id})
	}
	for _, e := range servers {
		(&principal{goSDK{e.endpoint}, o.keys}).recordedAll(t, 2, "Username", "Clerk")
	}
}
