package tracing

import (
	"maps"
	"strings"
	"testing"
	"time"
)

func from(t *testing.T, env map[string]string) (*Settings, error) {
	t.Helper()
	return FromEnv(func(name string) string { return env[name] })
}

const endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT"

// Without being asked there is nothing.
func TestFromEnv_off(t *testing.T) {
	for _, env := range []map[string]string{
		{},
		{endpoint: " "},
		{"OTEL_SERVICE_NAME": "x", "OTEL_TRACES_SAMPLER": "always_on", "OTEL_EXPORTER_OTLP_HEADERS": "a=b"},
		{endpoint: "http://c:4318", "OTEL_SDK_DISABLED": "TRUE"},
		{endpoint: "http://c:4318", "OTEL_TRACES_EXPORTER": "none"},
		{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://c:4318"},
	} {
		if s, err := from(t, env); s != nil || err != nil {
			t.Errorf("%v: %+v, %v", env, s, err)
		}
	}
}

func TestFromEnv_endpoint(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"OTEL_TRACES_EXPORTER": "otlp"}, "http://localhost:4318/v1/traces"},
		{map[string]string{endpoint: "http://c:4318"}, "http://c:4318/v1/traces"},
		{map[string]string{endpoint: "https://c/otlp/"}, "https://c/otlp/v1/traces"},
		{map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://c/x?y=z"}, "https://c/x?y=z"},
		{map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://own", endpoint: "http://all"}, "http://own"},
	} {
		if s, err := from(t, c.env); err != nil || s.url != c.want {
			t.Errorf("%v: %+v, %v", c.env, s, err)
		}
	}
}

func TestFromEnv_settings(t *testing.T) {
	s, err := from(t, map[string]string{
		endpoint: "http://c", "OTEL_EXPORTER_OTLP_HEADERS": "all=1", "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "authorization=Bearer%20a%3Db, x = y ,",
		"OTEL_EXPORTER_OTLP_TIMEOUT": "1500", "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
		"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.25", "OTEL_PROPAGATORS": "tracecontext",
		"OTEL_BSP_MAX_QUEUE_SIZE": "7", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "3", "OTEL_BSP_SCHEDULE_DELAY": "20",
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := map[string]string{"authorization": "Bearer a=b", "x": "y"}; !maps.Equal(s.headers, want) {
		t.Errorf("headers are %v, want %v", s.headers, want)
	}
	if s.timeout != 1500*time.Millisecond || !s.compress || s.queue != 7 || s.batch != 3 || s.delay != 20*time.Millisecond {
		t.Errorf("settings are %+v", s)
	}
	if got := s.sampler.Description(); !strings.HasPrefix(got, "ParentBased{root:TraceIDRatioBased{0.25}") {
		t.Errorf("the sampler is %s", got)
	}
	if fields := s.propagator.Fields(); len(fields) != 2 {
		t.Errorf("the headers of a trace are %v", fields)
	}
}

// What is wrong is named, with what it may be; headers are not repeated.
func TestFromEnv_refused(t *testing.T) {
	for name, c := range map[string]struct{ value, words string }{
		"OTEL_TRACES_EXPORTER":                  {"zipkin", "otlp or none"},
		endpoint:                                {"collector:4318", "http:// or https://"},
		"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT":    {"ftp://c", "http:// or https://"},
		"OTEL_EXPORTER_OTLP_PROTOCOL":           {"grpc", "http/protobuf"},
		"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL":    {"http/json", "http/protobuf"},
		"OTEL_EXPORTER_OTLP_HEADERS":            {"s3cret", "name=value"},
		"OTEL_EXPORTER_OTLP_TIMEOUT":            {"10s", "whole number"},
		"OTEL_EXPORTER_OTLP_COMPRESSION":        {"zstd", "gzip or none"},
		"OTEL_EXPORTER_OTLP_CERTIFICATE":        {"/nowhere.pem", "certificates"},
		"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE": {"/x.pem", "not supported"},
		"OTEL_TRACES_SAMPLER":                   {"jaeger_remote", "always_on"},
		"OTEL_TRACES_SAMPLER_ARG":               {"1.5", "from 0 to 1"},
		"OTEL_PROPAGATORS":                      {"b3", "tracecontext"},
		"OTEL_BSP_MAX_QUEUE_SIZE":               {"0", "from 1"},
	} {
		env := map[string]string{endpoint: "http://c"}
		env[name] = c.value
		_, err := from(t, env)
		if err == nil || !strings.HasPrefix(err.Error(), name+" ") || !strings.Contains(err.Error(), c.words) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s=%s: %v", name, c.value, err)
		}
	}
}
