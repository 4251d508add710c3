package io.vitals.tck;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;

import org.eclipse.microprofile.health.tck.TCKBase;
import org.jboss.arquillian.container.spi.client.container.DeploymentException;
import org.jboss.shrinkwrap.api.Archive;
import org.jboss.shrinkwrap.api.ArchivePath;
import org.jboss.shrinkwrap.api.Node;

/** What an archive asks for: names of its classes, and its MicroProfile Config as {@code key=value}. */
final class ArchiveContent {
    private static final String CLASSES = "/WEB-INF/classes/";
    private static final String CLASS = ".class";
    private static final String CONFIG = "META-INF/microprofile-config.properties";
    /** Arquillian adds the class of the test, which stays on this side. */
    private static final String TESTS = TCKBase.class.getPackageName();
    private static final Set<String> WITHOUT_MEANING = Set.of("/WEB-INF/beans.xml");

    private ArchiveContent() {
    }

    /** @throws DeploymentException if the archive holds anything else: it would not be deployed */
    static List<String> of(Archive<?> archive) throws DeploymentException {
        List<String> content = new ArrayList<>();
        for (Node node : archive.getContent().values()) {
            ArchivePath path = node.getPath();
            String name = path.get();
            if (node.getAsset() == null || WITHOUT_MEANING.contains(name)) {
                continue;
            }
            if (name.startsWith(CLASSES) && name.endsWith(CLASS)) {
                addClass(content, name.substring(CLASSES.length(), name.length() - CLASS.length()).replace('/', '.'));
            } else if (name.endsWith(CONFIG)) {
                addSettings(content, node);
            } else {
                throw new DeploymentException(archive.getName() + " holds " + name + ", which cannot be deployed");
            }
        }
        return content;
    }

    private static void addClass(List<String> content, String name) {
        if (!name.substring(0, Math.max(name.lastIndexOf('.'), 0)).equals(TESTS)) {
            content.add(name);
        }
    }

    private static void addSettings(List<String> content, Node node) throws DeploymentException {
        Properties settings = new Properties();
        try (InputStream stream = node.getAsset().openStream()) {
            settings.load(stream);
        } catch (IOException e) {
            throw new DeploymentException("the settings cannot be read", e);
        }
        settings.forEach((key, value) -> content.add(key + "=" + value));
    }
}
