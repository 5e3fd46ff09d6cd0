package cmd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/nexuslims/nexuslims-go/nexuslims"
)

const maxSecret = 4 << 10 // bytes of a line

// askSecret asks for a secret. On a terminal it is not shown while it is typed; from
// anything else one line is read. An empty answer is wrong use.
func (p Process) askSecret(ctx context.Context, prompt string) (nexuslims.Secret, error) {
	read := func() (string, error) {
		line, err := bufio.NewReader(io.LimitReader(p.In, maxSecret)).ReadString('\n')
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return line, err
	}
	restore := func() {}
	if fd, ok := terminalOf(p.In); ok {
		before, err := term.GetState(fd)
		if err != nil {
			return nexuslims.Secret{}, err
		}
		restore = func() {
			_ = term.Restore(fd, before) // whoever interrupts must see what he types
			fmt.Fprintln(p.Err)
		}
		read = func() (string, error) {
			b, err := term.ReadPassword(fd)
			return string(b), err
		}
		fmt.Fprint(p.Err, prompt)
	}
	text, err := waitFor(ctx, read)
	restore()
	if err != nil {
		return nexuslims.Secret{}, nexuslims.E(nexuslims.KindOf(err), "read password", "", err)
	}
	secret := nexuslims.NewSecret(strings.TrimRight(text, "\r\n"))
	if !secret.IsSet() {
		return secret, usage("there is no password: type it, or write it to standard input")
	}
	return secret, nil
}

// terminalOf returns the descriptor of a terminal, asked for once: a read that was given up
// may still go on when the file is closed.
func terminalOf(in io.Reader) (fd int, ok bool) {
	f, ok := in.(*os.File)
	if !ok {
		return 0, false
	}
	fd = int(f.Fd())
	return fd, term.IsTerminal(fd)
}

// waitFor waits for a read that cannot be interrupted, until the caller gives up.
func waitFor(ctx context.Context, read func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		text, err := read()
		done <- answer{text, err}
	}()
	select {
	case a := <-done:
		return a.text, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
