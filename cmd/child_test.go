package cmd_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/stretchr/testify/require"
)

// process is the program as a process of its own.
type process struct {
	site  *site
	cmd   *exec.Cmd
	in    io.WriteCloser
	err   *lines
	out   bytes.Buffer
	ended chan struct{}
	code  int
}

// lines keeps what was written and tells of each line.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
	each chan string
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// start begins a command in a process that follows the orders of the given variables.
func (s *site) start(orders map[string]string, args ...string) *process {
	s.t.Helper()
	p := &process{site: s, ended: make(chan struct{}), err: &lines{each: make(chan string, 1000)}}
	p.cmd = exec.Command(os.Args[0])
	p.cmd.Dir = s.dir
	p.cmd.Env = append(s.environment(), childArgs+"="+strings.Join(append([]string{"nexuslims"}, args...), "\n"), "HOME="+s.dir, "TZ=UTC")
	if _, own := orders[childNow]; !own {
		p.cmd.Env = append(p.cmd.Env, childNow+"="+s.now.Format(time.RFC3339))
	}
	for k, v := range orders {
		p.cmd.Env = append(p.cmd.Env, k+"="+v)
	}
	p.cmd.Stdout = &p.out
	var err error
	p.in, err = p.cmd.StdinPipe()
	require.NoError(s.t, err)
	pipe, err := p.cmd.StderrPipe()
	require.NoError(s.t, err)
	require.NoError(s.t, p.cmd.Start())
	go p.follow(pipe)
	s.t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // where a test failed before its end
		<-p.ended
	})
	return p
}

// follow reads the error output to its end, and waits for that of the process.
func (p *process) follow(pipe io.Reader) {
	defer close(p.ended)
	for scan := bufio.NewScanner(pipe); scan.Scan(); {
		p.err.mu.Lock()
		p.err.text.WriteString(scan.Text() + "\n")
		p.err.mu.Unlock()
		select {
		case p.err.each <- scan.Text():
		default: // nobody reads
		}
	}
	err := p.cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		p.code = exit.ExitCode() // -1 for a signal
	} else if err != nil {
		p.code = -2
	}
}

// expect waits for a line of the error output.
func (p *process) expect(line string) {
	p.site.t.Helper()
	for {
		select {
		case got := <-p.err.each:
			if got == line {
				return
			}
		case <-p.ended:
			require.FailNow(p.site.t, "process ended", "waiting for %q: %s", line, p.err)
		}
	}
}

// wait returns the exit code.
func (p *process) wait() int {
	<-p.ended
	return p.code
}
