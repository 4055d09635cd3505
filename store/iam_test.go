package store_test

import (
	"errors"
	"strings"

	"carillon/store"
)

func iamUsers(d *db) {
	user := func(name, path string) store.IamUser {
		return store.IamUser{AwsAccountID: aws, UserID: "AIDA" + strings.ToUpper(name), UserName: name, Path: path, CreatedMs: 7}
	}
	ann, bob, Cy := user("ann", "/"), user("bob", "/ops/"), user("Cy", "/ops/night/")
	for _, u := range []store.IamUser{Cy, ann, bob} {
		d.write(func(r store.Records) error { return r.InsertIamUser(&u) })
	}
	again := user("BOB", "/")
	again.UserID = "AIDAOTHER"
	d.refused(store.ErrExists, func(r store.Records) error { return r.InsertIamUser(&again) })
	again.AwsAccountID = "999900001111"
	d.write(func(r store.Records) error { return r.InsertIamUser(&again) })
	for _, test := range []struct {
		prefix, after string
		limit         int
		want          []store.IamUser
	}{
		{"/", "", 9, []store.IamUser{ann, bob, Cy}},
		{"/", "", 2, []store.IamUser{ann, bob}},
		{"/", "BOB", 9, []store.IamUser{Cy}},
		{"/ops/", "", 9, []store.IamUser{bob, Cy}},
		{"/ops/n", "", 9, []store.IamUser{Cy}},
		{"/nobody/", "", 9, nil},
	} {
		d.read(func(r store.Records) error {
			got, err := r.IamUsers(aws, test.prefix, test.after, test.limit)
			d.equal(test.prefix+" after "+test.after, got, test.want)
			return err
		})
	}
	bob.UserName, bob.Path = "Robert", "/"
	d.write(func(r store.Records) error { return r.UpdateIamUser(&bob) })
	d.read(func(r store.Records) error {
		got, err := r.IamUser(aws, "ROBERT")
		d.equal("renamed", got, bob)
		d.equal("its ARN", got.ARN(), "arn:aws:iam::"+aws+":user/Robert")
		return err
	})
	d.write(func(r store.Records) error { return r.DeleteIamUser(ann.UserID) })
	d.refused(store.ErrNotFound, func(r store.Records) error { return r.DeleteIamUser(ann.UserID) })
	d.refused(store.ErrNotFound, func(r store.Records) error { return second(r.IamUser(aws, "ann")) })
	d.read(func(r store.Records) error {
		n, err := r.CountIamUsers(aws)
		d.equal("users", n, int64(2))
		return err
	})
}

func iamPolicies(d *db) {
	p := store.IamPolicy{
		AwsAccountID: aws, PolicyID: "ANPA1", PolicyName: "Readers", Path: "/x/", Description: "Those who read", DefaultVersion: 1, NewestVersion: 1, CreatedMs: 5, UpdatedMs: 5,
	}
	v := store.IamPolicyVersion{PolicyID: p.PolicyID, Version: 1, Document: "one", CreatedMs: 5}
	d.write(func(r store.Records) error { return errors.Join(r.InsertIamPolicy(&p), r.InsertIamPolicyVersion(&v)) })
	same := p
	same.PolicyName = "READERS"
	d.refused(store.ErrExists, func(r store.Records) error { return r.InsertIamPolicy(&same) })
	second := v
	second.Version, second.Document = 2, "two"
	p.DefaultVersion, p.NewestVersion, p.UpdatedMs = 2, 2, 9
	d.write(func(r store.Records) error {
		return errors.Join(r.InsertIamPolicyVersion(&second), r.UpdateIamPolicy(&p))
	})
	d.read(func(r store.Records) error {
		got, err := r.IamPolicy(aws, "readers")
		d.equal("policy", got, p)
		versions, err2 := r.IamPolicyVersions(p.PolicyID)
		d.equal("versions", versions, []store.IamPolicyVersion{second, v})
		list, err3 := r.IamPolicies(aws, "/x/", "", 9)
		d.equal("list", list, []store.IamPolicy{p})
		none, err4 := r.IamPolicies(aws, "/", "Readers", 9)
		d.equal("after the last", len(none), 0)
		return errors.Join(err, err2, err3, err4)
	})
	d.write(func(r store.Records) error { return r.DeleteIamPolicyVersion(p.PolicyID, 1) })
	d.refused(store.ErrNotFound, func(r store.Records) error { return r.DeleteIamPolicyVersion(p.PolicyID, 1) })
	d.write(func(r store.Records) error { return r.DeleteIamPolicy(&p) })
	d.equal("versions left", d.count("iam_policy_versions"), int64(0))
	d.refused(store.ErrNotFound, func(r store.Records) error { return r.DeleteIamPolicy(&p) })
}

func iamGrants(d *db) {
	const builtIn = "arn:aws:iam::aws:policy/ReadOnly"
	user := store.IamUser{AwsAccountID: aws, UserID: "AIDA1", UserName: "ann", Path: "/"}
	p := store.IamPolicy{AwsAccountID: aws, PolicyID: "ANPA1", PolicyName: "Own", Path: "/x/", DefaultVersion: 2}
	mine := store.IamAttachment{UserID: "AIDA1", PolicyARN: p.ARN(), AwsAccountID: aws}
	d.write(func(r store.Records) error {
		return errors.Join(r.InsertIamUser(&user), r.InsertIamPolicy(&p),
			r.InsertIamPolicyVersion(&store.IamPolicyVersion{PolicyID: "ANPA1", Version: 1, Document: "one"}),
			r.InsertIamPolicyVersion(&store.IamPolicyVersion{PolicyID: "ANPA1", Version: 2, Document: "two"}),
			r.PutIamUserPolicy(&store.IamUserPolicy{UserID: "AIDA1", PolicyName: "in line", Document: "old"}),
			r.PutIamUserPolicy(&store.IamUserPolicy{UserID: "AIDA1", PolicyName: "in line", Document: "new"}),
			r.InsertIamAttachment(&mine),
			r.InsertIamAttachment(&store.IamAttachment{UserID: "AIDA1", PolicyARN: builtIn, AwsAccountID: aws}))
	})
	d.refused(store.ErrExists, func(r store.Records) error { return r.InsertIamAttachment(&mine) })
	d.read(func(r store.Records) error {
		grants, err := r.IamGrants("AIDA1")
		byName := map[string]store.IamGrant{}
		for _, g := range grants {
			byName[g.Name] = g
		}
		d.equal("grants", byName, map[string]store.IamGrant{
			"in line": {Name: "in line", Document: "new"}, p.ARN(): {Name: p.ARN(), Managed: true, Document: "two"}, builtIn: {Name: builtIn, Managed: true},
		})
		of, err2 := r.AttachmentsOfPolicy(aws, p.ARN())
		mine.UserName, mine.UserPath = "ann", "/"
		d.equal("who has it", of, []store.IamAttachment{mine})
		has, err3 := r.AttachmentsOfUser("AIDA1")
		d.equal("what she has", len(has), 2)
		counted, err4 := r.IamPolicy(aws, "own")
		d.equal("attachments", counted.Attachments, int64(1))
		n, err5 := r.CountIamAttachments(aws, builtIn)
		d.equal("attachments of the one that is built in", n, int64(1))
		return errors.Join(err, err2, err3, err4, err5)
	})
	d.write(func(r store.Records) error {
		return errors.Join(r.DeleteIamAttachment("AIDA1", builtIn), r.DeleteIamUserPolicy("AIDA1", "in line"))
	})
	d.refused(store.ErrNotFound, func(r store.Records) error { return r.DeleteIamAttachment("AIDA1", builtIn) })
	d.refused(store.ErrNotFound, func(r store.Records) error { return r.DeleteIamUserPolicy("AIDA1", "in line") })
}

// iamHoldings asks for the policies of several users at once.
func iamHoldings(d *db) {
	for _, u := range []store.IamUser{
		{AwsAccountID: aws, UserID: "AIDA1", UserName: "ann", Path: "/"}, {AwsAccountID: "999900001111", UserID: "AIDA2", UserName: "Ann", Path: "/"},
	} {
		d.write(func(r store.Records) error {
			return errors.Join(r.InsertIamUser(&u),
				r.PutIamUserPolicy(&store.IamUserPolicy{UserID: u.UserID, PolicyName: "own", Document: "x"}),
				r.InsertIamAttachment(&store.IamAttachment{UserID: u.UserID, PolicyARN: "arn:x", AwsAccountID: u.AwsAccountID}))
		})
	}
	first, second := []store.IamHolding{{"AIDA1", "arn:x"}, {"AIDA1", "own"}}, []store.IamHolding{{"AIDA2", "arn:x"}, {"AIDA2", "own"}}
	for _, test := range []struct {
		account, user string
		want          []store.IamHolding
	}{
		{"", "", append(first[:2:2], second...)}, {"", "ANN", append(first[:2:2], second...)}, {aws, "", first}, {"999900001111", "ann", second}, {aws, "bob", nil},
	} {
		d.read(func(r store.Records) error {
			got, err := r.IamHoldings(test.account, test.user)
			d.equal(test.account+" "+test.user, got, test.want)
			return err
		})
	}
}

func iamChanges(d *db) {
	for _, account := range []string{aws, aws, "999900001111"} {
		d.write(func(r store.Records) error { return r.ChangeIam(account) })
	}
	d.read(func(r store.Records) error {
		changes, err := r.IamChanges()
		d.equal("changes", changes, map[string]int64{aws: 2, "999900001111": 1})
		return err
	})
}
