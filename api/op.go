package api

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
)

// Input is the request of an operation: a pointer to its structure.
type Input interface {
	// Validate checks every constraint of the model. The error is a refusal
	// that names members and rules.
	Validate() error
}

// RESTInput is an Input whose members travel in path, query and body.
type RESTInput interface {
	Input
	// Label returns the i-th member that the path carries; empty: there is none.
	Label(i int) string
	// SetLabel sets the i-th member that the path carries, already decoded.
	SetLabel(i int, value string)
	// SetQuery sets the member that the query parameter name carries and
	// reports whether there is one. The error is a refusal that names the member.
	SetQuery(name, value string) (known bool, err error)
	// DecodeBody sets the members that the body carries; unknown ones are
	// ignored. The error is a refusal that names the member.
	DecodeBody(body []byte) error
}

// Output is the answer of an operation: a pointer to its structure; nil is an
// empty answer.
type Output any

// JSONOutput is an Output that can write itself, as those of REST-JSON do.
type JSONOutput interface {
	// AppendJSON appends the compact JSON form, with the keys in alphabetical
	// order and null for what is not set.
	AppendJSON(b []byte) []byte
}

// Location tells where a member of an input travels.
type Location uint8

// The three places of a request that carry members.
const (
	InBody Location = iota
	InPath
	InQuery
)

// Param tells where one member of an input travels.
type Param struct {
	Name     string
	WireName string // in the path or query; the same as Name in the body
	Location Location
}

// Audience tells who may call an operation at all, before any policy.
type Audience uint8

// The audiences.
const (
	// Public operations are those of Amazon Chime, for every key.
	Public Audience = iota
	// Tenant operations are Carillon's own, for every key within its AWS account.
	Tenant
	// RootOnly operations are Carillon's own that reach across AWS accounts.
	RootOnly
	// Bearer operations are not signed: the input holds the secret that lets them.
	Bearer
)

// Op is one operation: how it is called and what it may answer. There is one of
// each, in a table, and its address stands for it: names are only unique within a
// service.
type Op struct {
	Service *Service
	Name    string
	Method  string
	// Path is a template such as /accounts/{accountId}/users.
	Path string
	// QueryName and QueryValue, if not empty, are a query parameter that tells
	// this operation from others with the same method and path.
	QueryName, QueryValue string
	// Status of a success: 200, 201 or 204.
	Status int
	// Errors that the rules of the operation may answer; see [Op.Listed].
	Errors []Kind
	// Audience may call the operation, policies permitting.
	Audience Audience
	// Action is the operation's name in policies, as in chime:CreateUser.
	Action string
	// Free operations are for every caller; no policy is asked.
	Free bool
	// Resource is what policies match: * or the template of an ARN, whose
	// labels are {awsAccountId}, those of Path and members of the input, and
	// those that the store has to tell: see [Op.UserBy] and [Op.ResourceOf].
	Resource string
	// Writes tells operations that change something from those that only read.
	Writes bool
	// Shared operations that come at the same time share a transaction.
	Shared bool
	Params []Param
	// New returns an empty input. It is nil for operations that Amazon
	// removed from this API, which only exist to be refused by name.
	New func() Input
}

// Removed reports whether the operation left this API (Chime SDK and Voice
// Connector operations that older clients still know).
func (op *Op) Removed() bool { return op.New == nil }

// The labels of a Resource that stand for a user who exists, by path and name.
const (
	// labelUser is the user whom the member UserName names, or else the caller.
	labelUser = "{user}"
	// labelOwner is the user whose key the member AccessKeyId names.
	labelOwner = "{owner}"
)

// UserBy returns the member of the input that names the user who is the
// operation's resource, and whose path only the store knows: UserName, without
// which it is the caller, or AccessKeyId; empty: no such user is.
func (op *Op) UserBy() string {
	switch {
	case strings.HasSuffix(op.Resource, labelUser):
		return "UserName"
	case strings.HasSuffix(op.Resource, labelOwner):
		return "AccessKeyId"
	}
	return ""
}

// ResourceOf returns the ARN that policies match for a call; * if the operation
// has none. user is path and name of the user whom [Op.UserBy] asks for, /ops/alice.
func (op *Op) ResourceOf(awsAccountID string, in Input, user string) string {
	if op.Resource == "*" {
		return op.Resource
	}
	pairs := []string{"{awsAccountId}", awsAccountID, labelUser, user, labelOwner, user}
	for _, p := range op.Params {
		value := TextOf(in, p.Name)
		if value == "" && p.Name == "Path" {
			value = "/" // what is made without a path
		}
		pairs = append(pairs, "{"+p.WireName+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(op.Resource)
}

// Renamed returns the path and name that an operation gives the user who is its
// resource; those that the user has if it gives no others.
func (op *Op) Renamed(in Input, user string) string {
	newPath, newName := TextOf(in, "NewPath"), TextOf(in, "NewUserName")
	at := strings.LastIndexByte(user, '/') + 1
	return cmp.Or(newPath, user[:at]) + cmp.Or(newName, user[at:])
}

// TextOf returns the text of a member of an input; empty: there is none.
func TextOf(in Input, member string) string {
	v := reflect.ValueOf(in).Elem().FieldByName(member)
	if v.Kind() == reflect.Struct {
		v = v.Field(0) // of an Opt
	}
	if v.Kind() != reflect.String {
		return ""
	}
	return v.String()
}

// Operation returns the operation of a name in the table of Amazon Chime, which
// must exist.
func Operation(name string) *Op { return Find(Ops, name) }

// Find returns the operation of a name in a table, which must exist.
func Find(table []Op, name string) *Op {
	i, found := slices.BinarySearchFunc(table, name, func(op Op, name string) int { return strings.Compare(op.Name, name) })
	if !found {
		panic("api: no operation " + name)
	}
	return &table[i]
}

// Caller is who sent a request: what the rules need to know of the principal.
type Caller struct {
	// AwsAccountID is the 12-digit AWS account that everything belongs to.
	AwsAccountID string
	// ARN names the principal, as in arn:aws:iam::111122223333:user/alice.
	ARN string
	// UserName and UserID name an IAM user, as in alice and AIDA…; empty: it is none.
	UserName, UserID string
	// AccessKeyID is the key that signed the request.
	AccessKeyID string
	// SessionMs is when the session began that the key belongs to, in milliseconds
	// since 1970; 0: the key is good until somebody ends it.
	SessionMs int64
	// ParentKeyID is the key that the session came from; empty: it is none.
	ParentKeyID string
	// ScimTokenID is the token with which an identity provider came; empty: none.
	ScimTokenID string
	// Root tells the operator's own key, which alone reaches across AWS accounts.
	Root bool
	// Proof tells which secret of the long-term key the caller has, without
	// telling the secret: a key may get another one.
	Proof string
}
