package wire

import (
	"bytes"
	"encoding/xml"
	"reflect"
	"strconv"
	"time"
)

// writeElement writes a value as an element; what is absent in it is left out.
func writeElement(b *bytes.Buffer, name string, v reflect.Value) {
	b.WriteString("<" + name + ">")
	writeContent(b, v)
	b.WriteString("</" + name + ">")
}

func writeContent(b *bytes.Buffer, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		writeContent(b, v.Elem())
	case reflect.Struct:
		members := membersOf(v.Type())
		for i := range members {
			if value, ok := members[i].get(v); ok {
				writeElement(b, members[i].name, value)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			writeElement(b, "member", v.Index(i))
		}
	case reflect.Bool:
		b.WriteString(strconv.FormatBool(v.Bool()))
	case reflect.Int:
		b.WriteString(strconv.FormatInt(v.Int(), 10))
	case reflect.Int64:
		b.WriteString(moment(v).Format(time.RFC3339)) // whole seconds, as the services have them
	default:
		escape(b, v.String())
	}
}

func writeText(b *bytes.Buffer, name, text string) {
	b.WriteString("<" + name + ">")
	escape(b, text)
	b.WriteString("</" + name + ">")
}

// escape writes text. What XML cannot carry, such as control characters, becomes
// U+FFFD, so that an answer is well-formed whatever the store holds.
func escape(b *bytes.Buffer, text string) {
	_ = xml.EscapeText(b, []byte(text)) // a Buffer takes all
}
