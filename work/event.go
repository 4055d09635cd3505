package work

import "carillon/api"

// Event is something that the audit keeps a record of: a call, or what a job did
// that nobody asked for.
type Event struct {
	// Unit says who asked for what, how and when. Its records are those of the
	// transaction of a change; events that are no changes have none.
	*Unit
	In  api.Input  // nil: not known, or not read
	Out api.Output // nil: there is none, or the call was refused
	// Refusal is why nothing was done; nil: it was.
	Refusal *api.Error
	// Unsigned says that nobody has proved to be the caller, who is only named.
	Unsigned bool
	// SignIn is the page at which somebody has begun a session of the console, or,
	// with a Refusal, tried to; empty: the event is no sign-in.
	SignIn string
	// Part says which of Parts transactions of a call this was, from 1; 0: it has one.
	Part, Parts int
	// Step is what a job did; nil: the event is a call.
	Step *Step
}

// Step is a change that a job makes and that nobody has asked for just now, as
// when a time has run out.
type Step struct {
	// Name is that of the event, as in ReleasePhoneNumber.
	Name string
	// AccountID is the Chime account that it is about; empty: none.
	AccountID string
	// Details and what was touched: see the members of the record.
	Details map[string]any
	Touched []Touched
}

// Touched names something that an event has touched.
type Touched struct {
	Type string // as in AWS::Chime::User
	Name string // its id, or its ARN
}

// TouchedNumber stands for a phone number, which no record shows.
var TouchedNumber = Touched{Type: "AWS::Chime::PhoneNumber", Name: "HIDDEN_DUE_TO_SECURITY_REASONS"}

// Happened leaves a record of what a job does, in its transaction.
func (w *Unit) Happened(s Step) { w.steps = append(w.steps, s) }

// Steps returns what Happened was told.
func (w *Unit) Steps() []Step { return w.steps }
