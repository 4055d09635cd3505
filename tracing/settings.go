// Package tracing sends traces to an OpenTelemetry collector, as the standard
// environment variables say: OTLP over HTTP, in protobuf. It knows nothing of
// what is traced.
package tracing

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/propagation"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// Settings say where traces go, and which.
type Settings struct {
	url        string
	headers    map[string]string
	timeout    time.Duration // for a batch, with all attempts
	compress   bool
	tls        *tls.Config // nil: the usual
	sampler    sdk.Sampler
	propagator propagation.TextMapPropagator
	queue      int           // spans that wait at most
	batch      int           // spans in a request at most
	delay      time.Duration // that a span waits for others
}

// FromEnv reads the settings from variables of the environment, as the
// specification of OpenTelemetry has them. It returns nil if nobody asks for
// traces: no endpoint is set and OTEL_TRACES_EXPORTER is not otlp, or
// OTEL_TRACES_EXPORTER is none, or OTEL_SDK_DISABLED is true. An error names the
// variable and what it may be.
func FromEnv(getenv func(string) string) (*Settings, error) {
	r := &reader{getenv: getenv}
	exporter := r.oneOf("OTEL_TRACES_EXPORTER", "", "otlp", "none")
	if exporter == "none" || strings.EqualFold(r.text("OTEL_SDK_DISABLED"), "true") {
		return nil, r.err
	}
	if exporter == "" && r.otlp("ENDPOINT") == "" {
		return nil, r.err
	}
	s := &Settings{
		url: r.endpoint(), headers: r.headers(), timeout: r.milliseconds(r.otlpName("TIMEOUT"), 10*time.Second),
		compress: r.oneOf(r.otlpName("COMPRESSION"), "", "gzip", "none") == "gzip", tls: r.certificate(),
		sampler: r.sampler(), propagator: r.propagator(),
		queue: r.count("OTEL_BSP_MAX_QUEUE_SIZE", 2048), batch: r.count("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512),
		delay: r.milliseconds("OTEL_BSP_SCHEDULE_DELAY", 5*time.Second),
	}
	r.oneOf(r.otlpName("PROTOCOL"), "", "http/protobuf")
	return s, r.err
}

// reader reads variables and keeps what is wrong with the first bad one.
type reader struct {
	getenv func(string) string
	err    error
}

func (r *reader) fail(name, rule string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s %s", name, rule)
	}
}

// text returns a variable; an empty one counts as unset.
func (r *reader) text(name string) string { return strings.TrimSpace(r.getenv(name)) }

// otlpName is the name of a setting of the exporter: the one for traces goes
// before the one for all.
func (r *reader) otlpName(what string) string {
	if own := "OTEL_EXPORTER_OTLP_TRACES_" + what; r.text(own) != "" {
		return own
	}
	return "OTEL_EXPORTER_OTLP_" + what
}

func (r *reader) otlp(what string) string { return r.text(r.otlpName(what)) }

func (r *reader) oneOf(name string, values ...string) string {
	value := r.text(name)
	for _, v := range values {
		if value == v {
			return value
		}
	}
	r.fail(name, "takes "+strings.Join(values[1:], " or ")+", not "+strconv.Quote(value))
	return ""
}

// endpoint is the URL that spans are posted to. What is set for all signals is
// where the paths of each begin.
func (r *reader) endpoint() string {
	name := r.otlpName("ENDPOINT")
	text := cmp.Or(r.text(name), "http://localhost:4318")
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		r.fail(name, "takes a URL that begins with http:// or https://")
		return ""
	}
	if name == "OTEL_EXPORTER_OTLP_ENDPOINT" {
		return u.JoinPath("v1/traces").String()
	}
	return u.String()
}

// headers are pairs such as a=1,b=2 whose values are percent-encoded. What is
// wrong with them is not repeated: they hold secrets.
func (r *reader) headers() map[string]string {
	name, headers := r.otlpName("HEADERS"), map[string]string{}
	for pair := range strings.SplitSeq(r.text(name), ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		key, value, ok := strings.Cut(pair, "=")
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if key = strings.TrimSpace(key); !ok || key == "" || err != nil || strings.ContainsAny(key+value, "\r\n\x00") {
			r.fail(name, "takes pairs such as name=value,name=value, the values percent-encoded")
			return nil
		}
		headers[key] = value
	}
	return headers
}

func (r *reader) milliseconds(name string, or time.Duration) time.Duration {
	return time.Duration(r.count(name, int(or.Milliseconds()))) * time.Millisecond
}

// maxCount is more than anybody needs of spans or milliseconds.
const maxCount = 1 << 20

func (r *reader) count(name string, or int) int {
	text := r.text(name)
	if text == "" {
		return or
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxCount {
		r.fail(name, fmt.Sprintf("takes a whole number from 1 to %d", maxCount))
		return or
	}
	return n
}

// certificate trusts those of a file, and them only.
func (r *reader) certificate() *tls.Config {
	for _, what := range []string{"CLIENT_CERTIFICATE", "CLIENT_KEY"} {
		if r.otlp(what) != "" {
			r.fail(r.otlpName(what), "is not supported: the collector cannot ask for a certificate of ours")
		}
	}
	name := r.otlpName("CERTIFICATE")
	if r.text(name) == "" {
		return nil
	}
	pem, err := os.ReadFile(r.text(name))
	roots := x509.NewCertPool()
	if err == nil && !roots.AppendCertsFromPEM(pem) {
		err = errors.New("it has no certificate")
	}
	if err != nil {
		r.fail(name, "takes a file of certificates, PEM: "+err.Error())
	}
	return &tls.Config{RootCAs: roots}
}

// sampler says which traces are sent. Most samplers follow whoever began a trace.
func (r *reader) sampler() sdk.Sampler {
	ratio := r.ratio()
	samplers := map[string]sdk.Sampler{
		"always_on": sdk.AlwaysSample(), "always_off": sdk.NeverSample(), "traceidratio": sdk.TraceIDRatioBased(ratio),
	}
	const name = "OTEL_TRACES_SAMPLER"
	value := cmp.Or(r.text(name), "parentbased_always_on")
	root, parentBased := strings.CutPrefix(value, "parentbased_")
	s, ok := samplers[root]
	if !ok {
		r.fail(name, "takes always_on, always_off, traceidratio, or one of these after parentbased_, not "+strconv.Quote(value))
	}
	if parentBased && ok {
		return sdk.ParentBased(s)
	}
	return s
}

func (r *reader) ratio() float64 {
	const name = "OTEL_TRACES_SAMPLER_ARG"
	text := r.text(name)
	if text == "" {
		return 1
	}
	ratio, err := strconv.ParseFloat(text, 64)
	if err != nil || !(ratio >= 0 && ratio <= 1) {
		r.fail(name, "takes a number from 0 to 1")
	}
	return ratio
}

// propagator reads and writes the headers that go on with a trace. Baggage is
// taken but of no use here.
func (r *reader) propagator() propagation.TextMapPropagator {
	const name = "OTEL_PROPAGATORS"
	var list []propagation.TextMapPropagator
	for value := range strings.SplitSeq(cmp.Or(r.text(name), "tracecontext,baggage"), ",") {
		switch strings.TrimSpace(value) {
		case "tracecontext":
			list = append(list, propagation.TraceContext{})
		case "baggage", "none":
		default:
			r.fail(name, "takes tracecontext, baggage or none, not "+strconv.Quote(value))
		}
	}
	return propagation.NewCompositeTextMapPropagator(list...)
}
