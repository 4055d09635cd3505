package main

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"carillon/sigv4"
)

// identity measures what policies cost: reads by the key of a user with a policy
// against the same by the root key, of the same server in turns.
func (b *bench) identity(ctx context.Context) error {
	if !b.wants("get-key") {
		return nil
	}
	d := dataset{b.users, b.accounts}
	dir, err := b.database(ctx, d)
	if err != nil {
		return err
	}
	return b.keyAndRoot(ctx, "", d, "--data", dir)
}

// pgIdentity is identity for PostgreSQL.
func (b *bench) pgIdentity(ctx context.Context) error {
	if !b.wants("pg-get-key") {
		return nil
	}
	var owner cleaner
	defer owner.clean()
	database, err := owner.database()
	if err != nil {
		b.skip("PostgreSQL: %v", err)
		return nil
	}
	d := dataset{b.pgUsers, b.accounts}
	if err := fillPostgres(ctx, database, d); err != nil {
		return err
	}
	return b.keyAndRoot(ctx, "pg-", d, "--database", database, "--data", filepath.Join(b.dir, "pg-identity"))
}

// keyAndRoot compares the two keys on a server.
func (b *bench) keyAndRoot(ctx context.Context, prefix string, d dataset, args ...string) error {
	s, err := b.serve(ctx, prefix+"identity", args...)
	if err != nil {
		return err
	}
	defer s.stop()
	key, err := s.newKey(ctx)
	if err != nil {
		return fmt.Errorf("making a user with a policy: %w", err)
	}
	named := loaded(prefix+"get-key", b.connections, reading(signedBy(key, d.get)), s)
	root := loaded(prefix+"get-root", b.connections, reading(d.get), s)
	defer named.close()
	defer root.close()
	return b.compare(ctx, named, root)
}

// signedBy makes the requests of m with another key.
func signedBy(key sigv4.Credentials, m maker) maker {
	return func(s *signer) request {
		other := *s
		other.key = key
		return m(&other)
	}
}

// tenStatements is a policy as people write them: the last of ten statements is
// the one that permits what is measured, and those before it have to be looked at.
var tenStatements = `{"Version": "2012-10-17", "Statement": [
	{"Effect": "Deny", "Action": "chime:Delete*", "Resource": "*"},
	{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "127.0.0.0/8"]}}},
	{"Effect": "Deny", "Action": "chime:*", "Resource": "*", "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2099-01-01T00:00:00Z"}}},
	{"Effect": "Allow", "Action": ["chime:CreateUser", "chime:InviteUsers", "chime:BatchUpdateUser"], "Resource": "*"},
	{"Effect": "Allow", "Action": "chime:UpdateUser", "Resource": "*", "Condition": {"StringEquals": {"aws:username": "somebody"}}},
	{"Effect": "Allow", "Action": "iam:*", "Resource": "arn:aws:iam::*:user/${aws:username}"},
	{"Effect": "Allow", "Action": "chime:*PhoneNumber*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
	{"Effect": "Allow", "Action": "chime:*", "Resource": "*", "Condition": {"StringLike": {"aws:UserAgent": "console*"}}},
	{"Effect": "Deny", "NotAction": "chime:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}},
	{"Effect": "Allow", "Action": ["chime:Get*", "chime:List*", "chime:CreateUser", "chime:UpdateUser"], "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "127.0.0.1"}}}
]}`

// newKey makes a user with the policy, and returns a key of it.
func (s *server) newKey(ctx context.Context) (key sigv4.Credentials, err error) {
	name := fmt.Sprintf("bench-%016x", rand.Uint64()) // the database may have those of other runs
	for _, form := range []url.Values{
		{"Action": {"CreateUser"}},
		{"Action": {"PutUserPolicy"}, "PolicyName": {"ten"}, "PolicyDocument": {tenStatements}},
		{"Action": {"CreateAccessKey"}},
	} {
		form.Set("Version", "2010-05-08")
		form.Set("UserName", name)
		var answer struct {
			ID     string `xml:"CreateAccessKeyResult>AccessKey>AccessKeyId"`
			Secret string `xml:"CreateAccessKeyResult>AccessKey>SecretAccessKey"`
		}
		if err := s.askIam(ctx, form.Encode(), &answer); err != nil {
			return key, fmt.Errorf("%s: %w", form.Get("Action"), err)
		}
		key = sigv4.Credentials{AccessKeyID: answer.ID, SecretAccessKey: answer.Secret}
	}
	return key, nil
}

// askIam sends a form to IAM and reads the answer.
func (s *server) askIam(ctx context.Context, form string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.addr+"/", strings.NewReader(form))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", formType)
	sigv4.Sign(r, []byte(form), rootKey, "iam", "us-east-1", time.Now())
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", answer.Status, bytes.TrimSpace(text))
	}
	if err != nil {
		return err
	}
	return xml.Unmarshal(text, into)
}
