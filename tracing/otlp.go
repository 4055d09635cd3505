package tracing

import (
	"errors"
	"math"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/encoding/protowire"
)

// The messages of OTLP that are written here, with the numbers of their fields,
// are those of opentelemetry/proto/trace/v1/trace.proto. What Carillon's spans
// do not have (events, links) is not written.

// appendRequest writes an ExportTraceServiceRequest. All spans of a provider have
// the same resource, and here the same scope.
func appendRequest(b []byte, batch []sdk.ReadOnlySpan) []byte {
	first := batch[0]
	return appendMessage(b, 1, func(b []byte) []byte { // ResourceSpans
		b = appendMessage(b, 1, func(b []byte) []byte { return appendAttributes(b, 1, first.Resource().Attributes()) })
		return appendMessage(b, 2, func(b []byte) []byte { // ScopeSpans
			b = appendMessage(b, 1, func(b []byte) []byte {
				return appendText(appendText(b, 1, first.InstrumentationScope().Name), 2, first.InstrumentationScope().Version)
			})
			for _, s := range batch {
				b = appendMessage(b, 2, func(b []byte) []byte { return appendSpan(b, s) })
			}
			return b
		})
	})
}

// appendMessage writes a field that is a message.
func appendMessage(b []byte, field protowire.Number, write func([]byte) []byte) []byte {
	return appendBytes(b, field, write(nil))
}

func appendBytes(b []byte, field protowire.Number, value []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), value)
}

// appendText writes a field that is a text, if it is not empty.
func appendText(b []byte, field protowire.Number, value string) []byte {
	if value == "" {
		return b
	}
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), value)
}

func appendVarint(b []byte, field protowire.Number, value uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), value)
}

func appendFixed64(b []byte, field protowire.Number, value uint64) []byte {
	return protowire.AppendFixed64(protowire.AppendTag(b, field, protowire.Fixed64Type), value)
}

// The flags of a span that tell of its parent, beside those of the trace.
const (
	flagRemoteKnown = 0x100
	flagRemote      = 0x200
)

func appendSpan(b []byte, s sdk.ReadOnlySpan) []byte {
	own, parent := s.SpanContext(), s.Parent()
	traceID, spanID := own.TraceID(), own.SpanID()
	b = appendBytes(appendBytes(b, 1, traceID[:]), 2, spanID[:])
	b = appendText(b, 3, own.TraceState().String())
	if id := parent.SpanID(); id.IsValid() {
		b = appendBytes(b, 4, id[:])
	}
	b = appendText(b, 5, s.Name())
	b = appendVarint(b, 6, uint64(s.SpanKind())) // the numbers are the same
	b = appendFixed64(b, 7, uint64(s.StartTime().UnixNano()))
	b = appendFixed64(b, 8, uint64(s.EndTime().UnixNano()))
	b = appendAttributes(b, 9, s.Attributes())
	b = appendStatus(b, s.Status())
	return protowire.AppendFixed32(protowire.AppendTag(b, 16, protowire.Fixed32Type), flagsOf(own, parent))
}

func flagsOf(own, parent trace.SpanContext) uint32 {
	flags := uint32(own.TraceFlags()) | flagRemoteKnown
	if parent.IsRemote() {
		flags |= flagRemote
	}
	return flags
}

// appendStatus writes how a span ended, unless nobody has said so.
func appendStatus(b []byte, s sdk.Status) []byte {
	code := map[codes.Code]uint64{codes.Ok: 1, codes.Error: 2}[s.Code]
	if code == 0 {
		return b
	}
	return appendMessage(b, 15, func(b []byte) []byte { return appendVarint(appendText(b, 2, s.Description), 3, code) })
}

func appendAttributes(b []byte, field protowire.Number, list []attribute.KeyValue) []byte {
	for _, a := range list {
		b = appendMessage(b, field, func(b []byte) []byte {
			b = appendText(b, 1, string(a.Key))
			return appendMessage(b, 2, func(b []byte) []byte { return appendValue(b, a.Value) })
		})
	}
	return b
}

// appendValue writes an AnyValue. Lists become texts.
func appendValue(b []byte, v attribute.Value) []byte {
	switch v.Type() {
	case attribute.BOOL:
		return appendVarint(b, 2, protowire.EncodeBool(v.AsBool()))
	case attribute.INT64:
		return appendVarint(b, 3, uint64(v.AsInt64()))
	case attribute.FLOAT64:
		return appendFixed64(b, 4, math.Float64bits(v.AsFloat64()))
	}
	return protowire.AppendString(protowire.AppendTag(b, 1, protowire.BytesType), v.String())
}

// rejectedOf reads from an ExportTraceServiceResponse how many spans of a batch the
// collector did not take although it took the request. An answer that is none says
// nothing.
func rejectedOf(answer []byte, batch int) (rejected int64, err error) {
	n, _ := protowire.ConsumeVarint(field(field(answer, 1), 1))
	if n == 0 {
		return 0, nil
	}
	return int64(min(n, uint64(batch))), errors.New("the collector did not take all of them")
}

// field returns the content of the first field of a message that has a number, of
// a number what encodes it; nil: there is none.
func field(message []byte, want protowire.Number) []byte {
	for len(message) > 0 {
		number, kind, tag := protowire.ConsumeTag(message)
		if tag < 0 {
			return nil
		}
		n := protowire.ConsumeFieldValue(number, kind, message[tag:])
		if n < 0 {
			return nil
		}
		content := message[tag : tag+n]
		if number == want && kind == protowire.BytesType {
			content, _ = protowire.ConsumeBytes(content)
		}
		if number == want {
			return content
		}
		message = message[tag+n:]
	}
	return nil
}
