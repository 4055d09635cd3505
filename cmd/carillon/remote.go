package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"carillon/internal/client"
)

// remoteFlags find the server and the credentials, as AWS tools do.
type remoteFlags struct {
	EndpointURL string `name:"endpoint-url" help:"URL of the server; else AWS_ENDPOINT_URL_CHIME, AWS_ENDPOINT_URL or the profile's." placeholder:"URL"`
	Profile     string `help:"Profile of ~/.aws to take credentials from." placeholder:"NAME"`
	outputFlag
}

// call sends one signed request and prints the answer.
func (f *remoteFlags) call(ctx context.Context, s streams, method, path string, query url.Values, in any) error {
	c, err := f.client(ctx)
	if err != nil {
		return err
	}
	var out json.RawMessage
	if err := c.Do(ctx, method, path, query, in, &out); err != nil {
		return err
	}
	return f.print(s, out)
}

// client returns a client for the server that the flags and the environment say.
func (f *remoteFlags) client(ctx context.Context) (*client.Client, error) {
	return client.New(ctx, client.Options{EndpointURL: f.EndpointURL, Profile: f.Profile})
}

// collect prints all pages of a list as one answer.
func (f *remoteFlags) collect(ctx context.Context, s streams, path, member string, pageSize int) error {
	c, err := f.client(ctx)
	if err != nil {
		return err
	}
	all := []json.RawMessage{}
	for token, more := "", true; more; more = token != "" {
		page := map[string]json.RawMessage{}
		query := url.Values{"max-results": {fmt.Sprint(pageSize)}, "next-token": {token}}
		if err := c.Do(ctx, http.MethodGet, path, query, nil, &page); err != nil {
			return err
		}
		var items []json.RawMessage
		if err := json.Unmarshal(page[member], &items); err != nil {
			return fmt.Errorf("unexpected answer: %w", err)
		}
		all, token = append(all, items...), nextToken(page)
	}
	return f.print(s, map[string]any{member: all})
}

func nextToken(page map[string]json.RawMessage) (token string) {
	_ = json.Unmarshal(page["NextToken"], &token) // absent or null: the last page
	return token
}

type accountCmd struct {
	Create accountCreateCmd `cmd:"" help:"Make an account of any type."`
	List   accountListCmd   `cmd:"" help:"List the accounts of the caller's AWS account."`
}

type accountCreateCmd struct {
	Name   string   `help:"Name of the account." required:"" placeholder:"NAME"`
	Type   string   `help:"Team, EnterpriseLWA, EnterpriseDirectory or EnterpriseOIDC; with --domain EnterpriseLWA, else Team." enum:",Team,EnterpriseLWA,EnterpriseDirectory,EnterpriseOIDC" default:""`
	Domain []string `help:"E-mail domain that the account claims; may be repeated." placeholder:"DOMAIN"`
	remoteFlags
}

// Run makes the account.
func (c *accountCreateCmd) Run(ctx context.Context, s streams) error {
	in := map[string]any{"Name": c.Name}
	if c.Type != "" {
		in["AccountType"] = c.Type
	}
	if len(c.Domain) > 0 {
		in["Domains"] = c.Domain
	}
	return c.call(ctx, s, http.MethodPost, "/carillon/v1/accounts", nil, in)
}

type accountListCmd struct {
	remoteFlags
}

// Run collects all pages into one answer.
func (c *accountListCmd) Run(ctx context.Context, s streams) error {
	return c.collect(ctx, s, "/accounts", "Accounts", 200)
}

type domainCmd struct {
	Add    domainAddCmd    `cmd:"" help:"Claim a domain; it counts as verified."`
	List   domainListCmd   `cmd:"" help:"List the domains of an account."`
	Remove domainRemoveCmd `cmd:"" help:"Release a domain."`
}

// accountFlag names the Chime account.
type accountFlag struct {
	AccountID string `name:"account-id" help:"Chime account." required:"" placeholder:"ID"`
}

func (f accountFlag) domains() string {
	return "/carillon/v1/accounts/" + client.EscapeLabel(f.AccountID) + "/domains"
}

// domainName is given as an argument or with --domain.
type domainName struct {
	Name   string `arg:"" optional:"" name:"domain" help:"The domain, as in example.com."`
	Domain string `name:"domain" help:"The domain, instead of the argument." placeholder:"DOMAIN"`
}

// Validate is called by kong.
func (d *domainName) Validate() error {
	if (d.Name == "") == (d.Domain == "") {
		return errors.New("give one domain")
	}
	return nil
}

func (d *domainName) value() string { return d.Name + d.Domain }

type domainAddCmd struct {
	domainName
	accountFlag
	remoteFlags
}

// Run claims the domain.
func (c *domainAddCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, http.MethodPost, c.domains(), nil, map[string]any{"DomainName": c.value()})
}

type domainListCmd struct {
	accountFlag
	remoteFlags
}

// Run lists the domains.
func (c *domainListCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, http.MethodGet, c.domains(), nil, nil)
}

type domainRemoveCmd struct {
	domainName
	accountFlag
	remoteFlags
}

// Run releases the domain.
func (c *domainRemoveCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, http.MethodDelete, c.domains()+"/"+client.EscapeLabel(c.value()), nil, nil)
}

type keyCmd struct {
	Create  keyCreateCmd  `cmd:"" help:"Make an access key for a named user; the secret is shown once."`
	List    keyListCmd    `cmd:"" help:"List access keys."`
	Disable keyDisableCmd `cmd:"" help:"Disable an access key."`
	Enable  keyEnableCmd  `cmd:"" help:"Enable an access key again."`
	Delete  keyDeleteCmd  `cmd:"" help:"Delete an access key for good."`
}

const keysPath = "/carillon/v1/access-keys"

type keyCreateCmd struct {
	User    string   `help:"Name of the user; its ARN ends in user/NAME." required:"" placeholder:"NAME"`
	Policy  []string `help:"Policy of the key. This version has no policies and refuses it." placeholder:"POLICY"`
	Account string   `help:"AWS account of the user, 12 digits; else that of the root key." placeholder:"ID"`
	remoteFlags
}

// Run makes the key.
func (c *keyCreateCmd) Run(ctx context.Context, s streams) error {
	in := map[string]any{"UserName": c.User}
	if c.Account != "" {
		in["AwsAccountId"] = c.Account
	}
	if len(c.Policy) > 0 {
		in["PolicyNames"] = c.Policy
	}
	return c.call(ctx, s, http.MethodPost, keysPath, nil, in)
}

type keyListCmd struct {
	User    string `help:"Only keys of this user." placeholder:"NAME"`
	Account string `help:"Only keys of this AWS account." placeholder:"ID"`
	remoteFlags
}

// Run lists the keys.
func (c *keyListCmd) Run(ctx context.Context, s streams) error {
	query := url.Values{}
	if c.User != "" {
		query.Set("user-name", c.User)
	}
	if c.Account != "" {
		query.Set("aws-account-id", c.Account)
	}
	return c.call(ctx, s, http.MethodGet, keysPath, query, nil)
}

// keyID is given as an argument or with --access-key-id.
type keyID struct {
	ID          string `arg:"" optional:"" name:"access-key-id" help:"The access key id."`
	AccessKeyID string `name:"access-key-id" help:"The access key id, instead of the argument." placeholder:"ID"`
}

// Validate is called by kong.
func (k *keyID) Validate() error {
	if (k.ID == "") == (k.AccessKeyID == "") {
		return errors.New("give one access key id")
	}
	return nil
}

func (k *keyID) path() string { return keysPath + "/" + client.EscapeLabel(k.ID+k.AccessKeyID) }

type keyDisableCmd struct {
	keyID
	remoteFlags
}

// Run disables the key.
func (c *keyDisableCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, http.MethodPost, c.path(), nil, map[string]any{"Status": "Inactive"})
}

type keyEnableCmd struct {
	keyID
	remoteFlags
}

// Run enables the key.
func (c *keyEnableCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, http.MethodPost, c.path(), nil, map[string]any{"Status": "Active"})
}

type keyDeleteCmd struct {
	keyID
	remoteFlags
}

// Run deletes the key.
func (c *keyDeleteCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, http.MethodDelete, c.path(), nil, nil)
}
