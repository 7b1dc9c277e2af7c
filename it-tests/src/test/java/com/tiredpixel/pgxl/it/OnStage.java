package com.tiredpixel.pgxl.it;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.TestAbortedException;

/**
 * Tests that need sandboxes: each gets a {@link Stage} as its parameter. Where the machine permits no
 * sandboxes they are skipped, and the reason is printed.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OnStage.Extension.class)
public @interface OnStage {

    /** Makes the stage, shows the logs of a test that failed, clears the stage. */
    final class Extension implements ExecutionCondition, ParameterResolver, AfterTestExecutionCallback {

        private static final ExtensionContext.Namespace NAMESPACE =
                ExtensionContext.Namespace.create(Extension.class);

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            Optional<String> obstacle = context.getRoot()
                    .getStore(NAMESPACE)
                    .getOrComputeIfAbsent(Obstacle.class, none -> new Obstacle(Places.obstacle()), Obstacle.class)
                    .reason();
            if (obstacle.isPresent()) {
                System.out.println("SKIPPED " + context.getDisplayName() + ": " + obstacle.get());
                return ConditionEvaluationResult.disabled(obstacle.get());
            }
            return ConditionEvaluationResult.enabled("sandboxes work here");
        }

        /** Looked for once. */
        private record Obstacle(Optional<String> reason) {
            Obstacle {
                if (reason.isEmpty()) {
                    Stage.sweep();
                    Stage.deleteTree(Places.WORK);
                }
            }
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Stage.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            Path directory = Places.WORK
                    .resolve(context.getRequiredTestClass().getSimpleName())
                    .resolve(context.getRequiredTestMethod().getName() + "-" + context.getUniqueId().hashCode());
            Stage.deleteTree(directory);
            Stage stage = new Stage(directory);
            context.getStore(NAMESPACE).put(Stage.class, stage);
            return stage;
        }

        @Override
        public void afterTestExecution(ExtensionContext context) {
            Stage stage = context.getStore(NAMESPACE).remove(Stage.class, Stage.class);
            if (stage == null) {
                return;
            }
            stage.close();
            String test = context.getRequiredTestClass().getSimpleName() + "." + context.getDisplayName();
            Throwable failure = context.getExecutionException().orElse(null);
            if (failure instanceof TestAbortedException skipped) {
                System.out.println("SKIPPED " + test + ": " + skipped.getMessage());
            } else if (failure != null) {
                System.out.println("FAILED " + test + ", kept in " + stage.directory() + "\n" + stage.logs());
                return;
            }
            Stage.deleteTree(stage.directory());
        }
    }
}
