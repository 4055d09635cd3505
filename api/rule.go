package api

import (
	"context"
	"fmt"
)

// Rule is what an operation does, whatever the types of its input and output. W
// is the unit of work that it is given.
type Rule[W any] struct {
	// Call runs the operation. A nil output is the empty object, or no body at
	// all when the operation's Status is 204.
	Call func(W, Input) (Output, error)
	// Share, in place of Call, runs an operation for several callers in one
	// transaction. Its error ends the transaction for all of them.
	Share func([]*Item[W, Input, Output]) error
	// Prepare, if not nil, looks at the database for reading before the
	// transaction begins, and may have an errand.
	Prepare func(W, Input) (Errand, error)
	// Divide, if not nil, divides an input, so that nobody has to wait until
	// all of it is done.
	Divide func(Input) Parts[Input, Output]
}

// Parts are an input divided. Call runs for one after the other, each in a
// transaction of its own; the error of one leaves those before it done.
type Parts[I, O any] struct {
	Inputs []I
	// Join makes the answer of those to the parts, in their order.
	Join func([]O) O
}

// Errand is what has to be done outside, between [Rule.Prepare] and the
// transaction; nil: nothing.
type Errand func(context.Context) error

// Item is one call among those that share a transaction.
type Item[W, I, O any] struct {
	Work W
	In   I
	Out  O
	Err  error // the refusal of this item alone
}

// output is a pointer to a structure, as every Output is.
type output[O any] interface{ *O }

// Answer is the Call of a rule with an output.
func Answer[W any, I Input, O any, P output[O]](rule func(W, I) (P, error)) func(W, Input) (Output, error) {
	return func(w W, in Input) (Output, error) {
		out, err := rule(w, in.(I))
		return untyped(out, err), err
	}
}

// untyped keeps a nil *O from becoming an Output that is not nil, and what came
// with an error from being seen.
func untyped[O any, P output[O]](out P, err error) Output {
	if err != nil || out == nil {
		return nil
	}
	return out
}

// Effect is the Call of a rule without output.
func Effect[W any, I Input](rule func(W, I) error) func(W, Input) (Output, error) {
	return func(w W, in Input) (Output, error) { return nil, rule(w, in.(I)) }
}

func prepare[W any, I Input](step func(W, I) (Errand, error)) func(W, Input) (Errand, error) {
	return func(w W, in Input) (Errand, error) { return step(w, in.(I)) }
}

func share[W any, I Input, O any, P output[O]](rule func([]*Item[W, I, P]) error) func([]*Item[W, Input, Output]) error {
	return func(items []*Item[W, Input, Output]) error {
		typed, list := make([]Item[W, I, P], len(items)), make([]*Item[W, I, P], len(items))
		for i, item := range items {
			typed[i].Work, typed[i].In = item.Work, item.In.(I)
			list[i] = &typed[i]
		}
		err := rule(list)
		for i, item := range items {
			item.Out, item.Err = untyped(typed[i].Out, typed[i].Err), typed[i].Err
		}
		return err
	}
}

func divide[I Input, O any, P output[O]](rule func(I) Parts[I, P]) func(Input) Parts[Input, Output] {
	return func(in Input) Parts[Input, Output] {
		parts := rule(in.(I))
		inputs := make([]Input, len(parts.Inputs))
		for i := range inputs {
			inputs[i] = parts.Inputs[i]
		}
		return Parts[Input, Output]{inputs, func(outs []Output) Output {
			list := make([]P, len(outs))
			for i := range list {
				list[i] = outs[i].(P)
			}
			return parts.Join(list)
		}}
	}
}

// Calls runs operations by typed methods, for those who come without a protocol.
type Calls func(ctx context.Context, op *Op, in Input) (Output, error)

// Typed gives an answer its type back; one that is not there becomes an empty one.
func Typed[P output[O], O any](out Output, err error) (P, error) {
	if err != nil || out == nil {
		return new(O), err
	}
	p, ok := out.(P)
	if !ok {
		return new(O), fmt.Errorf("api: the answer is a %T", out)
	}
	return p, nil
}
