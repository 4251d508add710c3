package io.vitals.tck;

import java.net.URI;
import java.util.List;

import org.jboss.arquillian.container.spi.client.container.DeployableContainer;
import org.jboss.arquillian.container.spi.client.container.DeploymentException;
import org.jboss.arquillian.container.spi.client.container.LifecycleException;
import org.jboss.arquillian.container.spi.client.protocol.ProtocolDescription;
import org.jboss.arquillian.container.spi.client.protocol.metadata.HTTPContext;
import org.jboss.arquillian.container.spi.client.protocol.metadata.ProtocolMetaData;
import org.jboss.shrinkwrap.api.Archive;
import org.jboss.shrinkwrap.descriptor.api.Descriptor;

/** An Arquillian container of which every deployment is a Nest app of its own, one at a time. */
public class NestContainer implements DeployableContainer<NestConfiguration> {
    private NestConfiguration configuration;
    private NestProcess process;

    @Override
    public Class<NestConfiguration> getConfigurationClass() {
        return NestConfiguration.class;
    }

    @Override
    public void setup(NestConfiguration given) {
        configuration = given;
    }

    @Override
    public void start() throws LifecycleException {
        process = NestProcess.start(configuration);
    }

    @Override
    public void stop() {
        process.end();
    }

    /** All tests of the TCK run as a client: nothing has to be added to an archive for them. */
    @Override
    public ProtocolDescription getDefaultProtocol() {
        return new ProtocolDescription("Local");
    }

    @Override
    public ProtocolMetaData deploy(Archive<?> archive) throws DeploymentException {
        List<String> content = ArchiveContent.of(archive);
        String answer = process.ask("deploy", content);
        if (!answer.startsWith("http://")) {
            throw new DeploymentException(archive.getName() + ": " + answer);
        }
        System.out.println(archive.getName() + " is deployed on " + configuration.adapter() + " with " + content);
        URI url = URI.create(answer);
        return new ProtocolMetaData().addContext(new HTTPContext(url.getHost(), url.getPort()));
    }

    @Override
    public void undeploy(Archive<?> archive) throws DeploymentException {
        process.ask("undeploy", List.of());
    }

    @Override
    public void deploy(Descriptor descriptor) {
        throw new UnsupportedOperationException("only archives are deployed");
    }

    @Override
    public void undeploy(Descriptor descriptor) {
        throw new UnsupportedOperationException("only archives are deployed");
    }
}
