import { useParams } from '@tanstack/react-router'

/** The project that the link names; empty on pages outside of a project. */
export function useProject(): string {
  return useParams({ strict: false }).project ?? ''
}
