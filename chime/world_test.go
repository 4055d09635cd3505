package chime_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"carillon/api"
	"carillon/chime"
	"carillon/dispatch"
	"carillon/internal/apitest"
	"carillon/internal/storetest"
	"carillon/store"
	"carillon/store/engine"
	"carillon/work"
)

const (
	aws   = "111122223333"
	other = "999900001111"
)

var epoch = time.Date(2026, 11, 21, 20, 33, 4, 567e6, time.UTC)

// world is a service over an empty database, with a clock that stands still
// until it is moved and ids that count.
type world struct {
	*testing.T
	api.Calls
	rules  *chime.Service
	engine engine.Engine
	store  *store.Store
	ctx    context.Context // of a caller in the AWS account aws
	now    atomic.Int64
	ids    atomic.Int64
	wakes  atomic.Int64
	tick   bool // each look at the clock moves it by a millisecond
}

func newWorld(t *testing.T) *world { return newWorldOf(t, chime.Documented) }

func newWorldOf(t *testing.T, f chime.Fidelity) *world {
	t.Helper()
	return newWorldOn(t, f, func(e engine.Engine) engine.Engine { return e })
}

// newWorldOn lets a test put something between the records and their engine.
func newWorldOn(t *testing.T, f chime.Fidelity, wrap func(engine.Engine) engine.Engine) *world {
	t.Helper()
	e := wrap(storetest.World(t))
	w := &world{T: t, engine: e, store: store.New(e), ctx: as(aws)}
	w.now.Store(epoch.UnixMilli())
	w.use(w.service(f, [32]byte{1}))
	return w
}

// service returns the rules; change, if given, changes their configuration.
func (w *world) service(f chime.Fidelity, tokenKey [32]byte, change ...func(*chime.Config)) *chime.Service {
	c := chime.Config{
		Fidelity: f, TokenKey: tokenKey, SecretKey: [32]byte{2}, Quotas: chime.DefaultQuotas, PublicURL: "https://chime.example",
	}
	for _, fn := range change {
		fn(&c)
	}
	return chime.New(c)
}

// use makes the world live by some rules.
func (w *world) use(rules *chime.Service) {
	var o apitest.Others[*work.Unit]
	d := dispatch.New(dispatch.Config{
		Rules: api.Bind[*work.Unit](o, rules, rules, rules, rules, o, o, o, o, o, o, o, o),
		Store: w.store, Now: w.clock, NewID: w.newID, Wake: func() { w.wakes.Add(1) },
	})
	w.rules = rules
	w.Calls = func(ctx context.Context, op *api.Op, in api.Input) (api.Output, error) {
		caller, _ := ctx.Value(callerKey{}).(*api.Caller)
		return d.Do(ctx, &dispatch.Call{Op: op, Caller: caller, Request: &work.Request{ID: "request"}, In: in})
	}
}

func (w *world) clock() time.Time {
	if w.tick {
		w.now.Add(1)
	}
	return time.UnixMilli(w.now.Load()).UTC()
}

func (w *world) newID() string { return fmt.Sprintf("00000000-0000-7000-8000-%012d", w.ids.Add(1)) }

// unit is a unit of work that nobody asked for.
func (w *world) unit(r store.Records) *work.Unit {
	return &work.Unit{Records: r, Caller: &api.Caller{}, Now: w.clock(), NewID: w.newID}
}

// configure gives the world a service with another configuration.
func (w *world) configure(change func(*chime.Config)) {
	w.use(w.service(chime.Documented, [32]byte{1}, change))
}

// as returns a context of the root key of an AWS account.
func as(account string) context.Context {
	return context.WithValue(context.Background(), callerKey{}, &api.Caller{AwsAccountID: account, ARN: "arn:aws:iam::" + account + ":root", Root: true})
}

type callerKey struct{}

// advance moves the clock and returns the new time.
func (w *world) advance(d time.Duration) api.Timestamp {
	return api.Timestamp(w.now.Add(d.Milliseconds()))
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// refused checks that err is a refusal of a kind and that its message has all parts.
func (w *world) refused(what string, err error, kind api.Kind, parts ...string) {
	w.Helper()
	if err == nil || !api.IsKind(err, kind) {
		w.Errorf("%s: got %v, want %s", what, err, kind.Name)
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			w.Errorf("%s: the message %q lacks %q", what, err, part)
		}
	}
}

// account makes an account and returns its id.
func (w *world) account(t api.AccountType, domains ...string) string {
	w.Helper()
	out, err := w.ProvisionAccount(w.ctx, &api.ProvisionAccountInput{
		Name: api.Some("Example"), AccountType: api.Some(t), Domains: domains,
	})
	w.must(err)
	return out.Account.AccountId
}

func (w *world) team() string { w.Helper(); return w.account(api.AccountTypeTeam) }

// create makes a private user and returns its id.
func (w *world) create(account, email string) string {
	w.Helper()
	return w.createAs(account, email, api.UserTypePrivateUser)
}

func (w *world) createAs(account, email string, t api.UserType) string {
	w.Helper()
	out, err := w.CreateUser(w.ctx, &api.CreateUserInput{AccountId: account, Email: api.Some(email), UserType: api.Some(t)})
	w.must(err)
	return out.User.UserId
}

func (w *world) get(account, user string) *api.User {
	w.Helper()
	out, err := w.GetUser(w.ctx, &api.GetUserInput{AccountId: account, UserId: user})
	w.must(err)
	return out.User
}

func (w *world) update(in api.UpdateUserInput) (*api.User, error) {
	out, err := w.UpdateUser(w.ctx, &in)
	if err != nil {
		return nil, err
	}
	return out.User, nil
}

func (w *world) getAccount(id string) (*api.Account, error) {
	out, err := w.GetAccount(w.ctx, &api.GetAccountInput{AccountId: id})
	return out.Account, err
}

// invite invites addresses to an account.
func (w *world) invite(account string, emails ...string) []api.Invite {
	w.Helper()
	out, err := w.InviteUsers(w.ctx, &api.InviteUsersInput{AccountId: account, UserEmailList: emails})
	w.must(err)
	return out.Invites
}

// byEmail returns the user with an address.
func (w *world) byEmail(account, email string) api.User {
	w.Helper()
	out, err := w.ListUsers(w.ctx, &api.ListUsersInput{AccountId: account, UserEmail: api.Some(email)})
	w.must(err)
	if len(out.Users) != 1 {
		w.Fatalf("%d users with the address %s", len(out.Users), email)
	}
	return out.Users[0]
}

// emails returns the addresses of all users of an account.
func (w *world) emails(account string) []string {
	w.Helper()
	out, err := w.ListUsers(w.ctx, &api.ListUsersInput{AccountId: account, MaxResults: api.Some(200)})
	w.must(err)
	var list []string
	for _, u := range out.Users {
		list = append(list, u.PrimaryEmail.V)
	}
	return list
}

// suspend suspends users and returns the errors as "id code".
func (w *world) suspend(account string, users ...string) []string {
	w.Helper()
	out, err := w.BatchSuspendUser(w.ctx, &api.BatchSuspendUserInput{AccountId: account, UserIdList: users})
	w.must(err)
	return failures(out.UserErrors)
}

func failures(list []api.UserError) []string {
	texts := []string{}
	for _, e := range list {
		texts = append(texts, e.UserId.V+" "+string(e.ErrorCode.V))
	}
	return texts
}

// freeze marks an account as suspended, as only the operator of the service can.
func (w *world) freeze(account string) {
	w.Helper()
	w.must(w.store.Update(w.ctx, func(r store.Records) error {
		a, err := r.LockAccount(aws, account)
		if err != nil {
			return err
		}
		a.Status = string(api.AccountStatusSuspended)
		return r.UpdateAccount(a)
	}))
}

var tenDigits = regexp.MustCompile(`^[1-9][0-9]{9}$`)
