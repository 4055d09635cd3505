package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// profile fetches CPU profiles of the servers that it was asked for while
// their subjects are measured. The outcome comes over the channel.
func (b *bench) profile(ctx context.Context, rounds int, subjects []*subject) <-chan error {
	outcome := make(chan error, 1)
	seconds := int((time.Second + settle).Seconds() * float64(rounds*len(subjects)))
	var wanted []*subject
	for _, s := range subjects {
		if s.profile != "" && slices.Contains(split(b.profileOf), s.name) {
			wanted = append(wanted, s)
		}
	}
	go func() {
		var errs []error
		for _, s := range wanted {
			errs = append(errs, fetchProfile(ctx, s.profile, seconds, filepath.Join(b.profiles, s.name+".out")))
		}
		outcome <- errors.Join(errs...)
	}()
	return outcome
}

func fetchProfile(ctx context.Context, url string, seconds int, path string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s?seconds=%d", url, seconds), nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("fetching the profile: %s", answer.Status)
	}
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, answer.Body)
	if err := errors.Join(err, out.Close()); err != nil {
		return err
	}
	progress("profile in %s", path)
	return nil
}
