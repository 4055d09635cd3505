package iam

import (
	"crypto/sha256"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"carillon/access"
	"carillon/api"
	"carillon/api/iam"
	"carillon/policy"
	"carillon/store"
	"carillon/work"
)

// SimulateCustomPolicy tells what documents would decide. Nothing is kept.
func (s *Service) SimulateCustomPolicy(w *work.Unit, in *iam.SimulateCustomPolicyInput) (*iam.SimulateCustomPolicyOutput, error) {
	if in.CallerArn.Set {
		return nil, unsupported("CallerArn")
	}
	return s.simulate(w, in, &simulation{context: policy.Values{}})
}

// SimulatePrincipalPolicy tells what the policies of a user decide, with more
// documents if there are any.
func (s *Service) SimulatePrincipalPolicy(w *work.Unit, in *iam.SimulatePrincipalPolicyInput) (*iam.SimulatePrincipalPolicyOutput, error) {
	if in.CallerArn.Set && in.CallerArn != in.PolicySourceArn {
		return nil, unsupported("CallerArn")
	}
	u, err := principal(w, in.PolicySourceArn.V)
	if err != nil {
		return nil, err
	}
	m := &simulation{source: u.UserID, context: contextOf(u)}
	if err := m.readUser(w, u); err != nil {
		return nil, err
	}
	return s.simulate(w, custom(in), m)
}

// custom is the part of an input that both operations have.
func custom(in *iam.SimulatePrincipalPolicyInput) *iam.SimulateCustomPolicyInput {
	return &iam.SimulateCustomPolicyInput{
		ActionNames: in.ActionNames, ContextEntries: in.ContextEntries, Marker: in.Marker, MaxItems: in.MaxItems,
		PermissionsBoundaryPolicyInputList: in.PermissionsBoundaryPolicyInputList, PolicyInputList: in.PolicyInputList,
		ResourceArns: in.ResourceArns, ResourceHandlingOption: in.ResourceHandlingOption, ResourceOwner: in.ResourceOwner, ResourcePolicy: in.ResourcePolicy,
	}
}

// entityARN is the form of an ARN that says what kind of entity it is of.
var entityARN = regexp.MustCompile(`^arn:aws:iam::[0-9]{12}:(user|group|role)/[!-~]*[^/]$`)

// principal returns the user whose policies are asked for. ARNs tell capital
// letters from small ones.
func principal(w *work.Unit, arn string) (*store.IamUser, error) {
	if !entityARN.MatchString(arn) {
		return nil, iam.InvalidInput.Errorf("Invalid Entity Arn: %s does not clearly define entity type and name.", arn)
	}
	u, err := w.IamUser(w.Caller.AwsAccountID, lastPart(arn))
	if err == nil && u.ARN() != arn {
		err = store.ErrNotFound
	}
	return &u, missing(err, "The entity with ARN %s cannot be found.", arn)
}

// readUser takes the documents of a user, in an order that stays.
func (m *simulation) readUser(w *work.Unit, u *store.IamUser) error {
	grants, err := w.IamGrants(u.UserID)
	if err != nil {
		return err
	}
	slices.SortFunc(grants, func(a, b store.IamGrant) int { return strings.Compare(a.Name, b.Name) })
	for i := range grants {
		m.documents += policy.SizeWithoutWhitespace(grants[i].Document)
	}
	m.policies, err = access.Sources(u, grants)
	return err
}

// simulation is what one call asks for.
type simulation struct {
	source             string // the id of a user; empty: documents only
	policies, boundary []policy.Source
	context            policy.Values
	actions, resources []string
	// How many characters there are in documents, and in values of the context.
	documents, values int

	allow, limit *policy.Set // the two, compiled; limit nil: there is no boundary
}

// Bounds of one answer: what a decision may cost, and all of them if there is more
// than one, in characters of documents for each 64 characters of what they are
// compared with; and how many statements it names.
const (
	maxCost       = 1 << 24
	maxTotalCost  = 1 << 22
	maxStatements = 10_000
)

func (s *Service) simulate(w *work.Unit, in *iam.SimulateCustomPolicyInput, m *simulation) (*iam.SimulateCustomPolicyOutput, error) {
	if err := m.read(in); err != nil {
		return nil, err
	}
	l, err := s.list(w, in.Marker, in.MaxItems, m.source, fingerprint(in))
	if err != nil {
		return nil, err
	}
	from, _ := strconv.Atoi(l.after) // "" is the beginning
	results, err := m.results(from, l.limit)
	if err != nil {
		return nil, err
	}
	end, next := whole, from+len(results)
	if next < len(m.actions)*len(m.resources) {
		end = l.more(strconv.Itoa(next))
	}
	return &iam.SimulateCustomPolicyOutput{EvaluationResults: results, IsTruncated: end.truncated, Marker: end.marker}, nil
}

// fingerprint tells inputs apart, pages aside.
func fingerprint(in *iam.SimulateCustomPolicyInput) string {
	same := *in
	same.Marker, same.MaxItems = api.Opt[string]{}, api.Opt[int]{}
	text, _ := json.Marshal(same) // texts and numbers always marshal
	sum := sha256.Sum256(text)
	return string(sum[:])
}

// read checks an input and takes what it says.
func (m *simulation) read(in *iam.SimulateCustomPolicyInput) error {
	if err := supported(in); err != nil {
		return err
	}
	if err := m.readRequests(in); err != nil {
		return err
	}
	given, err := m.documentsOf("PolicyInputList", in.PolicyInputList)
	if err != nil {
		return err
	}
	m.policies = append(m.policies, given...)
	if m.boundary, err = m.documentsOf("PermissionsBoundaryPolicyInputList", in.PermissionsBoundaryPolicyInputList); err != nil {
		return err
	}
	m.allow = policy.Compile(m.policies...)
	if len(m.boundary) > 0 {
		m.limit = policy.Compile(m.boundary...)
	}
	return m.readContext(in.ContextEntries)
}

// supported refuses members that would change what is decided and that this server
// does not know.
func supported(in *iam.SimulateCustomPolicyInput) error {
	for member, set := range map[string]bool{
		"ResourcePolicy": in.ResourcePolicy.Set, "ResourceOwner": in.ResourceOwner.Set, "ResourceHandlingOption": in.ResourceHandlingOption.Set,
	} {
		if set {
			return unsupported(member)
		}
	}
	return nil
}

func unsupported(member string) error {
	return iam.InvalidInput.Errorf("This server has no policies of resources, and the simulator no %s: leave it out", member)
}

// The forms of what can be asked for: actions without wildcards; a resource is an
// ARN, or * for all of them.
var (
	actionForm   = regexp.MustCompile(`^[A-Za-z0-9-]+:[A-Za-z0-9]+$`)
	resourceForm = regexp.MustCompile(`^(\*|arn:([^:]*:){4}.+)$`)
)

func (m *simulation) readRequests(in *iam.SimulateCustomPolicyInput) error {
	m.actions, m.resources = in.ActionNames, in.ResourceArns
	if len(m.resources) == 0 {
		m.resources = []string{"*"}
	}
	for _, a := range m.actions {
		if !actionForm.MatchString(a) {
			return iam.InvalidInput.Errorf("Invalid action %q: it must be the name of one operation with its service, as in chime:CreateUser", a)
		}
	}
	for _, r := range m.resources {
		if !resourceForm.MatchString(r) {
			return iam.InvalidInput.Errorf("Invalid resource %q: it must be an ARN or *", r)
		}
	}
	return nil
}

// documentsOf reads the documents of a member. None may be larger than what can be
// kept.
func (m *simulation) documentsOf(member string, texts []string) ([]policy.Source, error) {
	var sources []policy.Source
	for i, text := range texts {
		size := policy.SizeWithoutWhitespace(text)
		if size > maxManagedSize {
			return nil, iam.InvalidInput.Errorf("%s has a document that cannot be a policy: it has more than %d characters without white space", member, maxManagedSize)
		}
		document, err := parse(text)
		if err != nil {
			return nil, err
		}
		m.documents += size
		sources = append(sources, policy.Source{ID: member + "." + strconv.Itoa(i+1), Kind: access.PolicyKind, Document: document})
	}
	return sources, nil
}
