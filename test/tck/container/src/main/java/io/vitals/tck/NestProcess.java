package io.vitals.tck;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jboss.arquillian.container.spi.client.container.DeploymentException;
import org.jboss.arquillian.container.spi.client.container.LifecycleException;

/**
 * The Node.js process in which the Nest apps run: a command on its standard input is answered by a line. It ends
 * with its standard input, so that it does not outlive this process. Surefire bounds the time of the whole run.
 */
final class NestProcess {
    private static final long LONGEST_END_SECONDS = 10;

    private final Process process;
    private final BufferedWriter commands;
    private final BufferedReader answers;

    private NestProcess(Process process) {
        this.process = process;
        commands = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static NestProcess start(NestConfiguration configuration) throws LifecycleException {
        ProcessBuilder builder = new ProcessBuilder(configuration.node(), configuration.app(), configuration.adapter());
        try {
            return new NestProcess(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
        } catch (IOException e) {
            throw new LifecycleException("Node.js cannot be started: " + builder.command(), e);
        }
    }

    /** Sends a command with its words and returns the answer. */
    String ask(String command, List<String> words) throws DeploymentException {
        try {
            commands.write(command);
            for (String word : words) {
                commands.write("\t" + word);
            }
            commands.write("\n");
            commands.flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new DeploymentException("the Node.js process has ended; its error output says why");
            }
            return answer;
        } catch (IOException e) {
            throw new DeploymentException("the Node.js process cannot be reached", e);
        }
    }

    /** Returns once the process has ended. */
    void end() {
        try {
            commands.close();
            if (!process.waitFor(LONGEST_END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
