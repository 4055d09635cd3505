package api

import "context"

// Input is the request of an operation.
type Input interface {
	// SetLabel sets the i-th member that the path carries, already decoded.
	SetLabel(i int, value string)
	// SetQuery sets the member that the query parameter name carries and
	// reports whether there is one. The error is a refusal that names the member.
	SetQuery(name, value string) (known bool, err error)
	// DecodeBody sets the members that the body carries; unknown ones are
	// ignored. The error is a refusal that names the member.
	DecodeBody(body []byte) error
	// Validate checks every constraint of the model. The error is a refusal
	// that names members and rules.
	Validate() error
}

// Output is the answer of an operation.
type Output interface {
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
	// Public operations are those of Amazon Chime.
	Public Audience = iota
	// Operator operations are Carillon's own, within one AWS account.
	Operator
	// RootOnly operations are Carillon's own that reach across AWS accounts.
	RootOnly
)

// Op is one operation: how it is called and what it may answer.
type Op struct {
	Name   string
	Method string
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
	Params   []Param
	// New returns an empty input. It is nil for operations that Amazon
	// removed from this API, which only exist to be refused by name.
	New func() Input
	// Call runs the operation. A nil output is the empty object, or no body
	// at all when Status is 204.
	Call func(ctx context.Context, s Service, in Input) (Output, error)
}

// Removed reports whether the operation left this API (Chime SDK and Voice
// Connector operations that older clients still know).
func (op *Op) Removed() bool { return op.New == nil }

// notImplemented is what an operation answers that this version lacks.
func notImplemented(name string) error {
	return NotImplemented.Errorf("%s is part of this API but not implemented by this version of Carillon", name)
}

// result keeps a nil *O from becoming an Output that is not nil.
func result[O any, P interface {
	*O
	Output
}](out P, err error) (Output, error) {
	if err != nil || out == nil {
		return nil, err
	}
	return out, nil
}

// Caller is who sent a request: what the rules need to know of the principal.
type Caller struct {
	// AwsAccountID is the 12-digit AWS account that everything belongs to.
	AwsAccountID string
	// ARN names the principal, as in arn:aws:iam::111122223333:user/alice.
	ARN string
	// AccessKeyID is the key that signed the request.
	AccessKeyID string
	// Root tells the operator's own key, which alone reaches across AWS accounts.
	Root bool
}

type callerKey struct{}

// WithCaller returns a context that carries the caller.
func WithCaller(ctx context.Context, c *Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerFrom returns the caller of a request. A context without one gives an
// empty Caller, which owns nothing.
func CallerFrom(ctx context.Context) *Caller {
	if c, ok := ctx.Value(callerKey{}).(*Caller); ok {
		return c
	}
	return &Caller{}
}
