#!/usr/bin/env bash
# The TCK of MicroProfile Health 4.0.1 reads one check into the API's class HealthCheckResponse, with Jackson 2.2.3 and
# no modules (HealthCheckResponseValidationTest). That reader takes no check that has "data", although the format has
# it: the class keeps it in an Optional, which this Jackson cannot make. It also fails on any further member, which the
# TCK's own JSON schema allows. So a server passes only because the check that is deployed for this test has no data.
# Needs a JDK 17 or newer and Maven.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>reader</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.eclipse.microprofile.health</groupId>
      <artifactId>microprofile-health-api</artifactId>
      <version>4.0.1</version>
    </dependency>
    <dependency>
      <groupId>com.fasterxml.jackson.core</groupId>
      <artifactId>jackson-databind</artifactId>
      <version>2.2.3</version>
    </dependency>
  </dependencies>
</project>
XML
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory=lib

cat >Reader.java <<'JAVA'
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.eclipse.microprofile.health.HealthCheckResponse;

public class Reader {
    static String read(String check) throws Exception {
        try {
            HealthCheckResponse response = new ObjectMapper().readValue(check, HealthCheckResponse.class);
            return "read as " + response.getName() + " " + response.getStatus();
        } catch (JsonMappingException refused) {
            return "refused: " + refused.getOriginalMessage().split("\n")[0].replaceAll(" \\(.*", "");
        }
    }

    public static void main(String[] arguments) throws Exception {
        System.out.println("name and status: " + read("{\"name\":\"disk\",\"status\":\"UP\"}"));
        System.out.println("with data:       " + read("{\"name\":\"disk\",\"status\":\"UP\",\"data\":{\"free\":5}}"));
        System.out.println("with a member:   " + read("{\"name\":\"disk\",\"status\":\"UP\",\"kind\":\"liveness\"}"));
    }
}
JAVA
java -cp 'lib/*' Reader.java 2>/dev/null | tee seen
grep -qx 'name and status: read as disk UP' seen
grep -q '^with data:       refused: ' seen
grep -q '^with a member:   refused: ' seen
