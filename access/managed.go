package access

import (
	"crypto/sha256"
	"embed"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"carillon/policy"
	"carillon/store"
)

// ManagedPolicy is a policy that is there in every AWS account.
type ManagedPolicy struct {
	Name string
	// Version is the id of its only version here, as AWS counts them.
	Version string
	Created time.Time
	Updated time.Time
	// Document is JSON text: that of AWS, and in AmazonChimeFullAccess Carillon's
	// own actions beside.
	Document string
	compiled *policy.Document
}

// managedPrefix begins the ARNs of managed policies that are no AWS account's.
const managedPrefix = "arn:aws:iam::aws:policy/"

// ARN names the policy.
func (p *ManagedPolicy) ARN() string { return managedPrefix + p.Name }

// ID is like those that AWS gives policies, and the same in every server.
func (p *ManagedPolicy) ID() string {
	sum := sha256.Sum256([]byte(p.ARN()))
	return policyIDPrefix + base32.StdEncoding.EncodeToString(sum[:10])
}

// policyIDPrefix begins the ids of managed policies.
const policyIDPrefix = "ANPA"

// FullAccess is the policy of users that are made together with a key.
const FullAccess = managedPrefix + "AmazonChimeFullAccess"

//go:embed managed/*.json
var managedFiles embed.FS

// managed holds all of them, in the order of their names.
var managed = []ManagedPolicy{
	managedPolicy("AWSCloudTrail_ReadOnlyAccess", "v1", "2022-06-14T17:17:25Z", "2022-06-14T17:17:25Z"),
	managedPolicy("AdministratorAccess", "v1", "2015-02-06T18:39:46Z", "2015-02-06T18:39:46Z"),
	managedPolicy("AmazonChimeFullAccess", "v3", "2017-11-01T22:15:43Z", "2020-12-14T21:00:52Z"),
	managedPolicy("AmazonChimeReadOnly", "v10", "2017-11-01T22:04:17Z", "2020-12-14T20:53:57Z"),
	managedPolicy("AmazonChimeUserManagement", "v8", "2017-11-01T22:17:26Z", "2020-02-18T19:26:10Z"),
	managedPolicy("IAMFullAccess", "v2", "2015-02-06T18:40:38Z", "2019-06-21T19:40:00Z"),
	managedPolicy("IAMReadOnlyAccess", "v4", "2015-02-06T18:40:39Z", "2018-01-25T19:11:27Z"),
}

func managedPolicy(name, version, created, updated string) ManagedPolicy {
	text, err := managedFiles.ReadFile("managed/" + name + ".json")
	if err != nil {
		panic(err) // it is in the program
	}
	document, err := policy.Parse(string(text))
	if err != nil {
		panic(name + ": " + err.Error())
	}
	return ManagedPolicy{name, version, moment(created), moment(updated), string(text), document}
}

func moment(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

// Managed returns the managed policies that are there in every AWS account, by
// name.
func Managed() []ManagedPolicy { return managed }

// ManagedByARN returns one of them.
func ManagedByARN(arn string) (*ManagedPolicy, bool) {
	for i := range managed {
		if managed[i].ARN() == arn {
			return &managed[i], true
		}
	}
	return nil, false
}

// PolicyKind is what AWS's simulator calls the type of all policies of users.
const PolicyKind = "IAM Policy"

// Compile returns the policies that the store has for a user.
func Compile(u *store.IamUser, grants []store.IamGrant) (*policy.Set, error) {
	sources, err := Sources(u, grants)
	if err != nil {
		return nil, err
	}
	return policy.Compile(sources...), nil
}

// Sources returns the documents that the store has for a user. No operation
// stores one that does not parse: an error is a failure of the server, and whoever
// cannot be judged gets nothing.
func Sources(u *store.IamUser, grants []store.IamGrant) ([]policy.Source, error) {
	sources := make([]policy.Source, len(grants))
	for i := range grants {
		var err error
		if sources[i], err = sourceOf(u, &grants[i]); err != nil {
			return nil, fmt.Errorf("policy %s of %s: %w", grants[i].Name, u.ARN(), err)
		}
	}
	return sources, nil
}

// sourceOf names a policy as AWS's simulator does: a managed one by its name, a
// user's own by that of the user as well.
func sourceOf(u *store.IamUser, g *store.IamGrant) (policy.Source, error) {
	if !g.Managed {
		document, err := policy.Parse(g.Document)
		return policy.Source{ID: "user_" + u.UserName + "_" + g.Name, Kind: PolicyKind, Document: document}, err
	}
	s := policy.Source{ID: g.Name[strings.LastIndexByte(g.Name, '/')+1:], Kind: PolicyKind}
	if p, ok := ManagedByARN(g.Name); ok {
		s.Document = p.compiled
		return s, nil
	}
	document, err := policy.Parse(g.Document)
	s.Document = document
	return s, err
}

// costOf is about what a credential with these policies takes, in bytes. The text
// of the documents is held by what was made of it.
func costOf(grants []store.IamGrant, policies *policy.Set) int {
	const own = 1 << 10
	cost := own + policies.Size()
	for _, g := range grants {
		cost += len(g.Document)
	}
	return cost
}
