package io.vitals.tck;

import org.jboss.arquillian.container.spi.ConfigurationException;
import org.jboss.arquillian.container.spi.client.container.ContainerConfiguration;

/** Where the container finds Node.js and the app, and which HTTP adapter the app is on; from system properties. */
public class NestConfiguration implements ContainerConfiguration {
    private final String node = System.getProperty("vitals.node");
    private final String app = System.getProperty("vitals.app");
    private final String adapter = System.getProperty("vitals.adapter");

    @Override
    public void validate() throws ConfigurationException {
        if (node == null || app == null || adapter == null) {
            throw new ConfigurationException("vitals.node, vitals.app and vitals.adapter have to be set; use npm run test:tck");
        }
    }

    String node() {
        return node;
    }

    String app() {
        return app;
    }

    String adapter() {
        return adapter;
    }
}
